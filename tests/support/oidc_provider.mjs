// A provider that is not ours (npm oidc-provider), on this machine. Its people are whoever they say they are:
// `name@domain` is checked, `name@domain?` is not. Arguments: port, client, secret, where people are sent back to,
// and whether the address stands in the token itself.
import { Provider } from "oidc-provider";

const [port, client, secret, back, inToken] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [back] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: inToken !== "yes",
  pkce: { required: () => true },
  async findAccount(_context, login) {
    const email = login.replace("?", "");
    return {
      accountId: login,
      claims: async () => ({ sub: `person ${login}`, email, email_verified: !login.includes("?") }),
    };
  },
});
const server = provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
