import { z } from 'zod';
import { countReconfirmed } from '../../../campaigns/index.ts';
import { Refusal } from '../../../platform/index.ts';
import { EVERYBODY } from '../../server/caller.ts';
import { route, type Route } from '../../server/route.ts';
import { ById } from '../../server/schema.ts';

const Reconfirmed = z
  .object({
    asked: z.int().meta({ description: 'Whom the operator took the question for.' }),
    confirmed: z.int().meta({ description: 'Said yes since, by SMS, form or paper: a new agreement.' }),
    left: z.int().meta({ description: 'Said stop since, or were erased.' }),
    silent: z.int().meta({ description: 'Their agreement ends as it would have.' }),
  })
  .meta({ id: 'Reconfirmed' });

/** The routes of reconfirmations and their results. */
export const reconfirmationRoutes = (): Route[] => [
  route({
    method: 'get',
    path: '/v1/campaigns/{id}/reconfirmation',
    roles: EVERYBODY,
    summary: 'Counts who confirmed, who left and who said nothing, of a campaign that asked again.',
    tag: 'Campaigns',
    params: ById,
    reply: Reconfirmed,
    run: async ({ tx, params: { id } }) => {
      const counts = await countReconfirmed(tx, id);
      if (counts === undefined) throw new Refusal('NOT_FOUND');
      return counts;
    },
  }),
];
