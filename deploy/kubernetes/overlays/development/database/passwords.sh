# shellcheck shell=bash
# Read by the image's own script when the database is new, after accounts.sql: gives the accounts their passwords.
for account in agreements_ddl:migrate agreements:server agreements_verify:verify; do
  password=$(</etc/agreements/${account#*:}/password)
  if [[ ! $password =~ ^[A-Za-z0-9]+$ ]]; then
    echo "the password in the Secret agreements-database-${account#*:} must be of letters and digits" >&2
    exit 1
  fi
  docker_process_sql <<<"ALTER USER ${account%:*}@'%' IDENTIFIED BY '$password' ACCOUNT UNLOCK"
done
