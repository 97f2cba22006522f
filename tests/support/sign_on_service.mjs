// A real OpenID provider (oidc-provider, certified) for the tests, on the loopback.
//
//   node tests/support/sign_on_service.mjs PORT REDIRECT_URI CLIENT_ID CLIENT_SECRET
//
// Whoever names themselves at its form is let in; what it vouches for follows from the name:
// `hieu+example.vn` has the verified address hieu@example.vn, `?hieu+example.vn` an unverified one.
import { Provider } from "oidc-provider";

const [port, redirect, id, secret] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: id, client_secret: secret, redirect_uris: redirect.split(" ") }],
  pkce: { required: () => true },
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["only for tests"] },
  findAccount: (_context, sub) => ({
    accountId: sub,
    claims: () => ({
      sub, email: sub.replace("?", "").replace("+", "@"), email_verified: !sub.startsWith("?"),
    }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
