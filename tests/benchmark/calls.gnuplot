# Calls a second as a share of those of an empty RPC, by callers: gnuplot -c calls.gnuplot CSV SVG
set datafile separator ","
set terminal svg size 900,500 dynamic background "white" font "sans-serif,13"
set output ARG2
methods = system("awk -F, 'NR > 1 && !seen[$1]++ {print $1}' " . ARG1)
# "callers share" of a method, a line each.
shares(method) = sprintf("< awk -F, '$1 == \"%s\" {rate[$2, $3] = $4; callers[$2]} END {for (c in callers) print c \",\" rate[c, \"service\"] / rate[c, \"empty\"]}' %s | sort -n", method, ARG1)
set title "Calls a second, as a share of an empty RPC's on the same server"
set logscale x 2
set xlabel "callers"
set xtics (1, 8, 64, 256, 1024)
set yrange [0:*]
set grid ytics
set key outside right
plot for [method in methods] shares(method) using 1:2 with linespoints linewidth 2 title method
