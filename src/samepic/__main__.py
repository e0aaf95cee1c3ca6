"""`python -m samepic` is the `samepic` command."""

from samepic.cli.main import main

main()
