"""Episodes without a screen: playing many of them, and telling what came out."""
