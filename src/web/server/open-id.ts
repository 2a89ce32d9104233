import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import type { OidcSettings } from '../../settings/index.ts';
import type { Role } from '../../base/index.ts';

/** A person who signed in by the identity provider, with their role here. */
export interface Member {
  /** The provider's id of the person, which is neither a name nor an address. */
  readonly subject: string;
  readonly tenantId: string;
  readonly role: Role;
}

/** What the browser keeps sealed during a sign-in at the provider. */
export const SignInStart = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  next: z.string(),
});

/** No algorithm with a shared secret, with which whoever can verify a signature can make one. */
const SIGNATURES = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Types of tokens that act for a person; a provider signs notices of logouts and events with the same key. */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt']);
/** Hosts differ by a few seconds. */
const TOLERANCE_SECONDS = 5;

/** Signs people in by OpenID Connect: code flow with PKCE, state and nonce; every signature is checked. */
export class OpenId {
  readonly #settings: OidcSettings;
  readonly #back: string;
  #found: Promise<client.Configuration> | undefined;
  #keys: ReturnType<typeof createRemoteJWKSet> | undefined;

  constructor(settings: OidcSettings, publicUrl: string) {
    this.#settings = settings;
    this.#back = `${publicUrl}/console/oidc/back`;
  }

  /** Begins a sign-in: returns the address to which the browser goes, and what it must bring back. */
  async begin(
    next: string,
  ): Promise<{ readonly url: string; readonly departure: z.output<typeof SignInStart> }> {
    const config = await this.#config();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: this.#back,
      scope: this.#settings.scope,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, departure: { state, nonce, verifier, next } };
  }

  /** Ends a sign-in: returns the person who came back from the provider with that state; refuses anybody else. */
  async end(query: string, { state, nonce, verifier }: z.output<typeof SignInStart>): Promise<Member> {
    const config = await this.#config();
    const answered = await client
      .authorizationCodeGrant(config, new URL(`${this.#back}${query}`), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      })
      .catch(refuseSignIn);
    return this.#memberOf(answered.claims() ?? {});
  }

  /** Returns the person of a token that a program sends; refuses an invalid token. */
  async bearer(token: string): Promise<Member> {
    const { issuer, audience, clientId } = this.#settings;
    const config = await this.#config();
    this.#keys ??= createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? issuer));
    const { payload, protectedHeader } = await jwtVerify(token, this.#keys, {
      issuer: config.serverMetadata().issuer,
      audience: audience ?? clientId,
      algorithms: SIGNATURES,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: TOLERANCE_SECONDS,
    }).catch(refuseSignIn);
    // `application/` may be left out (RFC 7515, 4.1.9).
    const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '') ?? 'jwt';
    if (!TYPES.has(type)) refuseSignIn();
    return this.#memberOf(payload);
  }

  /** Returns the member of the first row of the settings that matches the claims. */
  #memberOf(claims: Readonly<Record<string, unknown>>): Member {
    const { claim, members } = this.#settings;
    const said = new Set([claims[claim]].flat());
    const member = members.find(({ value }) => said.has(value));
    if (member === undefined || typeof claims['sub'] !== 'string') throw new Refusal('NOT_A_MEMBER');
    // Without verification anybody can enter somebody else's address in their account.
    if (claim === 'email' && claims['email_verified'] !== true) throw new Refusal('EMAIL_NOT_VERIFIED');
    return { subject: claims['sub'], tenantId: member.tenant, role: member.role };
  }

  /** Returns the provider's configuration; when the provider is away, the next request asks it again. */
  async #config(): Promise<client.Configuration> {
    this.#found ??= this.#discovered();
    try {
      return await this.#found;
    } catch {
      this.#found = undefined;
      throw new Refusal('DIRECTORY_UNAVAILABLE');
    }
  }

  #discovered(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    const insecure = issuer.startsWith('http:') ? [client.allowInsecureRequests] : [];
    return client.discovery(new URL(issuer), clientId, clientSecret, undefined, {
      execute: [client.enableNonRepudiationChecks, ...insecure],
      timeout: 5,
    });
  }
}

function refuseSignIn(): never {
  throw new Refusal('SIGN_IN_REFUSED');
}
