"""A language model as agent, behind any endpoint that speaks Chat Completions."""
