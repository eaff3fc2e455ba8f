# cmake -D ESBUILD=… -D GZIP=… -D MODULES=FOLDER -D OUTPUT=FILE -P bundle.cmake
# The console as the C table embedded_console: what esbuild makes of console.jsx and what that
# imports, each file also as gzip packs it (NAME.gz), and index.html with their names in it.
set(folder ${CMAKE_CURRENT_LIST_DIR})
get_filename_component(work ${OUTPUT} DIRECTORY)
set(work ${work}/console)
file(REMOVE_RECURSE ${work})
execute_process(
    COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${MODULES}
            ${ESBUILD} ${folder}/console.jsx --bundle --splitting --format=esm --minify --jsx=automatic
            --charset=utf8 --target=es2022 --legal-comments=eof --log-level=warning
            --define:process.env.NODE_ENV="production"
            --entry-names=[name]-[hash] --chunk-names=[name]-[hash] --outdir=${work}
    COMMAND_ERROR_IS_FATAL ANY)

# more.jsx imports all of console.jsx, so that all of it lies in the one file that both share; what is
# left of the entry point only names that file, and the page can do so itself.
file(GLOB script RELATIVE ${work} ${work}/chunk-*.js)
list(LENGTH script scripts)
if(NOT scripts EQUAL 1)
    message(FATAL_ERROR "the first page is not one script but ${scripts}: only more.jsx may be imported later")
endif()
file(GLOB entry ${work}/console-*.js)
file(GLOB again ${work}/more-*.css)
file(REMOVE ${entry} ${again})
file(GLOB files RELATIVE ${work} ${work}/*)
foreach(file ${files})
    execute_process(COMMAND ${GZIP} -9 -n -c ${work}/${file} OUTPUT_FILE ${work}/${file}.gz
        COMMAND_ERROR_IS_FATAL ANY)
    list(APPEND embedded ${work}/${file} ${work}/${file}.gz)
endforeach()
file(GLOB style RELATIVE ${work} ${work}/console-*.css)
configure_file(${folder}/index.html ${work}/index.html @ONLY)
execute_process(
    COMMAND ${CMAKE_COMMAND} -D SYMBOL=embedded_console -D OUTPUT=${OUTPUT}
            -P ${folder}/../embed.cmake -- ${embedded} ${work}/index.html
    COMMAND_ERROR_IS_FATAL ANY)
