"""What survives the program: every act, written down as it is made, and read back after an end that came early."""
