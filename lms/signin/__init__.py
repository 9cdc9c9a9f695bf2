"""How people prove who they are: passwords, the record of every sign-in, and throttling of guesses.

Offers `sessions.actor_from_cookie` to the web layer. A cookie is only as good as the row behind it: ending the row
ends every copy.
"""
