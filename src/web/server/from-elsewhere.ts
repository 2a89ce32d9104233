import type { Request } from 'express';

/** Says whether another site's page sent this in its visitor's name. */
export function isFromElsewhere(req: Request): boolean {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  // Browsers say the site by https and on this machine only; the origin they say of every form.
  const { origin, host } = req.headers;
  return origin !== undefined && URL.parse(origin)?.host !== host;
}
