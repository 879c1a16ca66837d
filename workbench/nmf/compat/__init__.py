"""The rules of other libraries, so that their users get their numbers back."""
