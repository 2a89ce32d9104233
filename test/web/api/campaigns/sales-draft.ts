import { aWorld } from '../../../support/world.ts';
import type { Served } from '../../server/served.ts';

/** People who agreed to advertising yesterday on paper. */
export async function agreedYesterday(
  at: Pick<Served, 'ask' | 'admin' | 'clock'>,
  phones: readonly string[],
): Promise<void> {
  const world = aWorld(at);
  for (const phone of phones) await world.agreed(phone);
}

/** A draft to everybody: two people who agreed yesterday, and a third who never did. */
export async function aSalesDraft(
  at: Pick<Served, 'ask' | 'admin' | 'clock'>,
  { agreed, never }: { readonly agreed: readonly string[]; readonly never: string },
): Promise<{ readonly campaignId: string }> {
  await agreedYesterday(at, agreed);
  await at.ask('POST', '/v1/contacts', { key: at.admin, body: { phone: never } });
  const campaignId = await aWorld(at).draft({
    sender: 'LUMIERE',
    text: 'Maison Lumière : -20 % en boutique. {stop}',
  });
  return { campaignId };
}
