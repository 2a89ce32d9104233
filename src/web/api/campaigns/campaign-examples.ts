import { z } from 'zod';
import { examplesOf, campaignTextPlace, readLastRehearsal } from '../../../campaigns/index.ts';
import { Refusal, MARKETING } from '../../../platform/index.ts';
import { recordAudit } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { knownCampaign, ownCampaign } from './known-campaign.ts';
import { moment, ById, Flag } from '../../server/schema.ts';
import { rehearsalDeps, standInComposer } from './rehearsal-composer.ts';
import { route, type Context, type Route } from '../../server/route.ts';

const Example = z
  .object({
    to: z.string().meta({ description: 'Masked.' }),
    text: z.string(),
    encoding: z.enum(['GSM-7', 'UCS-2']),
    parts: z.int(),
    units: z.int(),
    remaining: z.int(),
    offenders: z
      .array(z.object({ character: z.string(), at: z.int(), instead: z.string().nullable() }))
      .readonly(),
  })
  .meta({ id: 'Example' });

/** A campaign's text, and those of its cheapest and its most expensive recipient. */
export const ExamplesShown = z
  .object({
    text: z.string().meta({ description: 'As it was written.' }),
    sender: z.string(),
    clear: z
      .boolean()
      .meta({ description: 'False: stand-ins of the same weight for what is known of people.' }),
    cheapest: Example.nullable(),
    dearest: Example.nullable(),
  })
  .meta({ id: 'Examples' });

/** The routes of examples: texts as people of the audience would receive them. */
export const campaignExampleRoutes = (api: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/campaigns/{id}/examples',
    roles: MARKETING,
    summary:
      'Shows its text, and the message of its cheapest and its dearest recipient by the last rehearsal; `clear=true` shows an admin what is known of them.',
    tag: 'Campaigns',
    params: ById,
    query: z.strictObject({ clear: Flag.optional() }),
    reply: ExamplesShown,
    run: async (call) => {
      const { tx, caller, params, query } = call;
      await ownCampaign(tx, caller, { id: params.id, word: 'read the text of' });
      const campaign = await knownCampaign(tx, params.id);
      const clear = query.clear === true;
      if (clear) await recordClearRead(api, call, params.id);
      const composer = clear
        ? (await rehearsalDeps(tx, api, campaign)).composer
        : await standInComposer(tx, api, campaign);
      const keys = await api.vault.tenant(tx);
      const last = await readLastRehearsal(tx, campaign.id);
      return {
        text: keys.open(campaignTextPlace(campaign.id), campaign.sealed).toString('utf8'),
        sender: campaign.sender,
        clear,
        ...(await examplesOf(tx, composer, last?.report ?? null)),
      };
    },
  }),
];

/** Records each reading of a personal text, which only an admin may read. */
async function recordClearRead({ clock }: Api, { tx, caller }: Context, subject: string): Promise<void> {
  if (caller.role !== 'admin')
    throw new Refusal('ROLE_NOT_ALLOWED', {
      detail: 'This role sees stand-ins for what is known of people.',
    });
  const entry = { actor: actorOf(caller), action: 'campaign.examples-read', subject };
  await recordAudit(tx, entry, moment(clock));
}
