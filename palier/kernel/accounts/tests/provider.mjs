// A certified OpenID provider (oidc-provider) on loopback, for the tests. Its answers are honest unless a test asks
// otherwise by POST /__test: then the real token is spoiled on its way out, as a broken or hostile provider would.
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT, decodeJwt, importJWK } from "jose";
import { Provider } from "oidc-provider";

const port = Number(process.argv[2]);
const callbacks = process.argv[3].split(",");
const issuer = `http://127.0.0.1:${port}`;
const people = {
  claire: { email: "claire.petit@alpha.example", email_verified: true, name: "Claire Petit", groups: ["agents"] },
  unverified: { email: "claire.petit@alpha.example", email_verified: false, name: "Quelqu’un" },
  stranger: { email: "inconnu@ailleurs.example", email_verified: true, name: "Un inconnu" },
  newcomer: { email: "nadia.roux@alpha.example", email_verified: true, name: "Nadia Roux", groups: ["palier-gardiens"] },
};
let spoil = "", amr = [];

async function newKey(kid) {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true, modulusLength: 2048 });
  return { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
}

const keys = [await newKey("first"), await newKey("second"), await newKey("never-published")];

function build(key) {
  const client = (client_id, extra = {}) => ({
    client_id, client_secret: "a secret & of: the tests", redirect_uris: callbacks, response_types: ["code"],
    grant_types: ["authorization_code"], post_logout_redirect_uris: callbacks.map((one) => new URL("/account/login/", one).href), ...extra,
  });
  const provider = new Provider(issuer, {
    clients: [client("palier"), client("another-application")],
    jwks: { keys: [key] },
    cookies: { keys: ["tests only"] },
    claims: { openid: ["sub", "amr"], email: ["email", "email_verified"], profile: ["name", "groups"] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    pkce: { required: () => true },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
    ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Interaction: 300, Session: 300, Grant: 300 },
  });
  // Signing in and consenting, in one step: the test chooses who by a query.
  provider.use(async (ctx, next) => {
    if (ctx.path.startsWith("/interaction/")) {
      const found = await provider.interactionDetails(ctx.req, ctx.res);
      const grant = new provider.Grant({ accountId: ctx.query.as, clientId: found.params.client_id });
      grant.addOIDCScope("openid email profile");
      const result = { login: { accountId: ctx.query.as, amr }, consent: { grantId: await grant.save() } };
      return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
    }
    await next();
    if (ctx.path === "/token" && ctx.body?.id_token && spoil) ctx.body.id_token = await spoiled(ctx.body.id_token, key);
    return undefined;
  });
  return provider;
}

async function spoiled(token, key) {
  const claims = decodeJwt(token);
  const now = Math.floor(Date.now() / 1000);
  const changes = {
    expired: { exp: now - 3600, iat: now - 7200 }, audience: { aud: "another-application" }, nonce: { nonce: "another" },
    issuer: { iss: "http://127.0.0.1:1" }, future: { iat: now + 3600 },
    azp: { aud: ["palier", "another-application"], azp: "another-application" },
  };
  if (spoil === "signature") return token.slice(0, -8) + (token.endsWith("AAAAAAAA") ? "BBBBBBBB" : "AAAAAAAA");
  if (spoil === "none") return `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1]}.`;
  const sign = async (jwk, header, secret) => new SignJWT({ ...claims, ...changes[spoil] })
    .setProtectedHeader(header).sign(secret ?? (await importJWK(jwk, "RS256")));
  if (spoil === "hmac") return sign(null, { alg: "HS256", kid: key.kid }, new TextEncoder().encode("a secret & of: the tests a secret"));
  if (spoil === "unpublished") return sign(keys[2], { alg: "RS256", kid: "never-published" });
  if (spoil === "borrowed-name") return sign(keys[2], { alg: "RS256", kid: key.kid });
  return sign(key, { alg: "RS256", kid: key.kid });
}

let current = build(keys[0]).callback();
const server = createServer((request, response) => {
  if (request.url !== "/__test") return current(request, response);
  let body = "";
  request.on("data", (part) => { body += part; });
  request.on("end", () => {
    const wanted = JSON.parse(body);
    spoil = wanted.spoil ?? "";
    amr = wanted.amr ?? [];
    if (wanted.key !== undefined) current = build(keys[wanted.key]).callback();
    response.end("ok");
  });
  return undefined;
});
server.listen(port, "127.0.0.1", () => console.log("ready"));
