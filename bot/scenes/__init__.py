"""The scenes of the conversation, one file each; bot.conversation.register lists them."""
