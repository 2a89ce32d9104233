import { z } from 'zod';
import type { Request } from 'express';
import type { Html } from '../../../platform/index.ts';
import { sendHtml } from '../../page/send-html.ts';
import { Answer } from '../../server/answer.ts';
import type { Caller } from '../../server/caller.ts';
import { parsed } from '../../server/input-error.ts';
import { readJson } from '../../server/read-body.ts';
import { EmptyBody, Nothing, streamRoute, type Route, type StreamSpec } from '../../server/route.ts';
import type { Language } from '../../../words/index.ts';

/** The inputs of answering a question to the law; it opens no transaction by itself. */
interface LawCall<Q extends z.ZodType, B extends z.ZodType> {
  readonly caller: Caller;
  readonly language: Language;
  readonly req: Request;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
}

/** One endpoint of the law. */
interface LawSpec<Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> extends Omit<
  StreamSpec<typeof Nothing, Q>,
  'run' | 'reply' | 'tag'
> {
  readonly body?: B;
  readonly reply: R;
  /** Returns the answer, or a page when the caller wants one. */
  readonly run: (call: LawCall<Q, B>) => Promise<z.input<R> | LawPage>;
}

/** An answer for a browser. */
export class LawPage {
  readonly html: Html;
  readonly policy: string;

  constructor(html: Html, policy: string) {
    this.html = html;
    this.policy = policy;
  }
}

/** Defines an endpoint of the law, which needs no database: none is used after the key is known. */
export function lawRoute<
  R extends z.ZodType,
  Q extends z.ZodType = typeof Nothing,
  B extends z.ZodType = typeof EmptyBody,
>({ body = EmptyBody as unknown as B, run, reply, ...described }: LawSpec<Q, B, R>): Route {
  const route = streamRoute<typeof Nothing, Q>({
    ...described,
    reply,
    tag: 'Law',
    run: async ({ caller, language, req, res, query }) => {
      const given = await readJson(req, res);
      const asked = parsed(body, given, { where: 'body' });
      const made = await run({ caller, language, req, query, body: asked });
      if (!(made instanceof LawPage))
        return new Answer(200, reply.parse(made), { Vary: 'Accept, Accept-Language' });
      res.set({
        'Content-Security-Policy': made.policy,
        Vary: 'Accept, Accept-Language',
      });
      sendHtml(res, made.html);
      return undefined;
    },
  });
  return { ...route, isShort: true, schemas: { ...route.schemas, body } };
}
