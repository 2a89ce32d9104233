import type { Handler } from 'express';

const headers = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Answers are data: nothing in them runs, is framed or is guessed. A page loosens this for itself. */
export const securityHeaders: Handler = (_, res, next) => {
  res.set(headers);
  next();
};
