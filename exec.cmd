@rem npm runs scripts by cmd on Windows, which has no `exec` and looks for one here: it runs the rest of the line.
@rem A POSIX shell has its own: without it sh stays between npm and Node, and neither Ctrl-C nor SIGTERM gets past it.
@%*
