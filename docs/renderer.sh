#!/bin/sh
# Renders a page of documentation; needs `java`.
jar=$(find "$0.runfiles/" -name renderer_prebuilt.jar | head -n 1)
exec java -XX:+IgnoreUnrecognizedVMOptions --sun-misc-unsafe-memory-access=allow -cp "$jar" com.google.devtools.build.stardoc.renderer.RendererMain "$@"
