from palier.config.cli import main

main()
