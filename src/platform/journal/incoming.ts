import { z } from 'zod';

const common = {
  identity: z.string(),
  from: z.string(),
  to: z.string().optional(),
  ticket: z.string().optional(),
};

/** The parts of a person's or an operator's call that are kept. */
export const Incoming = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('reply'),
    ...common,
    text: z.string(),
    parts: z.array(z.string()).readonly().optional(),
  }),
  z.looseObject({ kind: z.literal('stop'), ...common, text: z.string().optional() }),
]);

/** A message from a person, or a STOP that its operator took. */
export type Incoming = z.output<typeof Incoming>;

/** A call as it is sealed, with its reception. */
export const SealedCall = z.object({
  method: z.string(),
  target: z.string(),
  contentType: z.string(),
  contentEncoding: z.string(),
  body: z.string(),
  at: z.string(),
  machineAt: z.string(),
  simulated: z.boolean(),
});
