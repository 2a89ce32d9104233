import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';

/** What the next token says, and how it differs from an honest one. */
export interface Word {
  readonly claims?: JWTPayload;
  /** Signed by a key that the directory never published. */
  readonly forged?: boolean;
  readonly audience?: string;
  readonly nonce?: string;
  readonly expiresInSeconds?: number;
}

/** A directory on loopback that speaks OpenID Connect. */
export interface Issuer {
  readonly url: string;
  word: Word;
  /** A token as a program would show it. */
  token(word: Word): Promise<string>;
  /** Any claims and header, under the key that it published. */
  signed(claims: JWTPayload, header?: object): Promise<string>;
  close(): Promise<void>;
}

const CLIENT = 'bonheure';

export async function anIssuer(): Promise<Issuer> {
  const [honest, forger] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(honest.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, { readonly challenge: string; readonly nonce: string }>();
  let url = '';
  const token = (
    { claims = {}, forged = false, audience = CLIENT, expiresInSeconds = 300 }: Word,
    nonce?: string,
  ) => {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ sub: 'u-118', ...claims, ...(nonce === undefined ? {} : { nonce }) })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(url)
      .setAudience(audience)
      .setIssuedAt(now - 600)
      .setExpirationTime(now + expiresInSeconds)
      .sign((forged ? forger : honest).privateKey);
  };
  const issuer: Issuer = {
    get url() {
      return url;
    },
    word: {},
    token: (word) => token(word),
    signed: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(honest.privateKey),
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
  const server = createServer((req, res) => {
    const asked = new URL(req.url ?? '/', url);
    const answer = (body: unknown, status = 200): void => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (asked.pathname === '/.well-known/openid-configuration')
      answer({
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      });
    else if (asked.pathname === '/keys') answer({ keys: [jwk] });
    else if (asked.pathname === '/authorize') {
      const [code, ask] = [randomUUID(), (name: string) => asked.searchParams.get(name) ?? ''];
      codes.set(code, { challenge: ask('code_challenge'), nonce: ask('nonce') });
      const back = new URL(ask('redirect_uri'));
      back.searchParams.set('code', code);
      back.searchParams.set('state', ask('state'));
      res.writeHead(302, { location: back.href }).end();
    } else if (asked.pathname === '/token') {
      let body = '';
      req.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      req.on('end', () => {
        const form = new URLSearchParams(body);
        const held = codes.get(form.get('code') ?? '');
        codes.delete(form.get('code') ?? '');
        const proof = createHash('sha256')
          .update(form.get('code_verifier') ?? '')
          .digest('base64url');
        if (held === undefined || held.challenge !== proof) return answer({ error: 'invalid_grant' }, 400);
        const { word } = issuer;
        void token(word, word.nonce ?? held.nonce).then((signed) =>
          answer({ access_token: 'opaque', token_type: 'Bearer', expires_in: 300, id_token: signed }),
        );
      });
    } else answer({}, 404);
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return issuer;
}
