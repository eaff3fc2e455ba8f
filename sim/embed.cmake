# cmake -D SYMBOL=name -D OUTPUT=FILE -P embed.cmake -- FILE...
# Writes the files' bytes as the C table that sim/base/embedded.h declares. It knows nothing of what is in them.
set(bytes "")
set(rows "")
set(index 0)
set(is_file FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(argument RANGE ${last})
    set(file "${CMAKE_ARGV${argument}}")
    if(is_file)
        cmake_path(GET file FILENAME name)
        file(READ "${file}" hex HEX)
        file(SIZE "${file}" size)
        string(REGEX REPLACE "(..)" "0x\\1," hex "${hex}")
        # The closing 0 is not counted: it ends the text and keeps an empty file a legal array.
        string(APPEND bytes "static const unsigned char file_${index}[] = {${hex}0};\n")
        string(APPEND rows "    {\"${name}\", file_${index}, ${size}},\n")
        math(EXPR index "${index} + 1")
    elseif(file STREQUAL "--")
        set(is_file TRUE)
    endif()
endforeach()
file(WRITE "${OUTPUT}" "/* Made by sim/embed.cmake. */\n#include \"base/embedded.h\"\n\n${bytes}
const struct embedded_file ${SYMBOL}[] = {\n${rows}    {0}};\n")
