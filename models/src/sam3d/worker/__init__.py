"""Takes adaptation jobs from a server's queue, learns, and hands back task packages."""
