# Writes a file as a C++ string: cmake -DOUTPUT=... -DFILE=... -P embed.cmake
file(READ ${FILE} bytes HEX)
string(LENGTH "${bytes}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
set(content "#include \"client/cli/commands/api.h\"\n\nnamespace agreements::cli {\n\n")
string(APPEND content "absl::string_view EmbeddedProtoset() {\n  static constexpr unsigned char kBytes[] = {${bytes}};\n")
string(APPEND content "  return {reinterpret_cast<const char*>(kBytes), ${size}};\n}\n\n}  // namespace agreements::cli\n")
file(WRITE ${OUTPUT} "${content}")
