"""The scenes of the conversation, one file each; bot.conversation lists them."""
