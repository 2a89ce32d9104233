import type { Handler, Request } from 'express';

const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** A year: a client that came by TLS once never comes without it again, nor to a host below ours that somebody else put up. */
const BY_TLS_ALONE = { 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains' };

/** Says whether people reach it by TLS, its own or that of a proxy before it. */
export const isByTls = (publicUrl: string): boolean => publicUrl.startsWith('https:');

/** Answers are data: nothing in them runs, is framed, is guessed or is cached. A page loosens this for itself. */
export function securityHeaders(publicUrl: string): Handler {
  const all = { ...headers, ...(isByTls(publicUrl) && BY_TLS_ALONE) };
  return (_, res, next) => {
    res.set(all);
    next();
  };
}

/** Says whether another site's page sent this in its visitor's name. */
export function isFromElsewhere(req: Request): boolean {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  // Browsers say the site by https and on this machine only; the origin they say of every form.
  const { origin, host } = req.headers;
  return origin !== undefined && URL.parse(origin)?.host !== host;
}
