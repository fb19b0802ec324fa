"""The commands: one a module. Flags and the environment come in here, exit codes go out."""
