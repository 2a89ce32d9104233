import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import type { Api } from '../server/api.ts';
import { isFromElsewhere } from '../server/security-headers.ts';
import type { OpenId } from '../server/open-id.ts';
import {
  AT_CODEC,
  AT_CONSOLE,
  AT_SIGN_IN,
  closeSession,
  sessionHeldIn,
  openSession,
  type SessionPlace,
} from '../server/browser-session.ts';
import { signInKey } from '../server/sign-in.ts';

const Departed = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  next: z.string(),
});

/** Matches pages of ours alone, whatever a link contains. */
const OURS = /^\/(?:console|codec)(?:[/?]|$)/;

/** The way to the directory and back; `askForKey` shows the sign-in page, and the reason of a refusal. */
export function openIdDoors(
  api: Api,
  openId: OpenId,
  askForKey: (req: Request, res: Response, refusal?: Refusal) => void,
): Router {
  const orRefuse =
    (work: (req: Request, res: Response) => Promise<void>) =>
    async (req: Request, res: Response): Promise<void> => {
      try {
        await work(req, res);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        askForKey(req, res, error);
      }
    };
  return Router()
    .get(
      '/',
      orRefuse(async (req, res) => {
        // A directory that knows the browser asks nothing: somebody else's link would sign people in unasked.
        if (isFromElsewhere(req)) {
          askForKey(req, res);
          return;
        }
        const { next } = req.query;
        const { url, departure } = await openId.begin(typeof next === 'string' ? next : '');
        await openSession(api, res, { at: AT_SIGN_IN, key: JSON.stringify(departure) });
        res.redirect(303, url);
      }),
    )
    .get(
      '/back',
      orRefuse(async (req, res) => {
        const held = await sessionHeldIn(api, req, AT_SIGN_IN);
        if (held === undefined) throw new Refusal('SIGN_IN_REFUSED');
        const departure = Departed.parse(JSON.parse(held));
        closeSession(api, res, AT_SIGN_IN);
        const key = await signInKey(api, await openId.end(queryOf(req), departure));
        for (const at of [AT_CONSOLE, AT_CODEC] satisfies SessionPlace[])
          await openSession(api, res, { at, key });
        res.redirect(303, OURS.test(departure.next) ? departure.next : '/console');
      }),
    );
}

const queryOf = ({ originalUrl }: Request): string => {
  const from = originalUrl.indexOf('?');
  return from < 0 ? '' : originalUrl.slice(from);
};
