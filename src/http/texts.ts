import { z } from 'zod';
import { checkText } from '../sms/content.ts';
import { tenantOf } from '../tenants/tenant.repository.ts';
import { SECTORS } from '../tenants/tenant.ts';
import { EVERYBODY } from './caller.ts';
import { route, type Route } from './route.ts';
import { Purpose, TerritoryName } from './schema.ts';

const Text = z.strictObject({
  text: z.string().max(2_000),
  purpose: Purpose,
  sender: z.string().max(20).optional(),
  variables: z.record(z.string().regex(/^\w{1,60}$/), z.string().max(300)).optional(),
  sector: z.enum(SECTORS).optional(),
  territory: TerritoryName.optional(),
  maxParts: z.int().min(1).max(10).optional(),
});

const weight = {
  encoding: z.enum(['GSM-7', 'UCS-2']),
  parts: z.int(),
  units: z.int(),
  remaining: z.int(),
};

const Verdict = z
  .object({
    ...weight,
    offenders: z
      .array(z.object({ character: z.string(), at: z.int(), instead: z.string().nullable() }))
      .readonly(),
    rewrite: z.string().optional(),
    findings: z
      .array(
        z.object({
          ruleId: z.string(),
          code: z.string(),
          severity: z.enum(['error', 'warning', 'notice']),
          at: z.int(),
          message: z.string(),
        }),
      )
      .readonly(),
    final: z
      .object({ text: z.string(), ...weight })
      .meta({ description: 'As it would leave, with the STOP mention.' }),
  })
  .meta({ id: 'TextVerdict' });

/** What a text weighs, and what rules say of it. */
export const textRoutes = (): Route[] => [
  route({
    method: 'post',
    path: '/v1/texts/check',
    roles: EVERYBODY,
    summary: 'Counts parts, finds what is wrong, proposes a cheaper writing.',
    tag: 'Texts',
    body: Text,
    reply: Verdict,
    reads: true,
    run: async ({ tx, language, body }) => {
      const tenant = await tenantOf(tx);
      return checkText({ ...body, sector: body.sector ?? tenant?.sector, language });
    },
  }),
];
