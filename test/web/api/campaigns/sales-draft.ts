import { aWorld } from '../../../support/world.ts';
import type { Served } from '../../server/served.ts';

/** Words to agree to, and people who agreed to them yesterday on paper; answers the id of the words. */
export async function agreedYesterday(
  at: Pick<Served, 'ask' | 'admin' | 'clock'>,
  phones: readonly string[],
): Promise<string> {
  const world = aWorld(at);
  for (const phone of phones) await world.agreed(phone);
  return world.wording();
}

/** A draft to everybody, and the words agreed to: two people who agreed yesterday, and a third who never did. */
export async function aSalesDraft(
  at: Pick<Served, 'ask' | 'admin' | 'clock'>,
  { agreed, never }: { readonly agreed: readonly string[]; readonly never: string },
): Promise<{ readonly campaignId: string; readonly wordingId: string }> {
  const wordingId = await agreedYesterday(at, agreed);
  await at.ask('POST', '/v1/contacts', { key: at.admin, body: { phone: never } });
  const campaignId = await aWorld(at).draft({
    sender: 'LUMIERE',
    text: 'Maison Lumière : -20 % en boutique. {stop}',
  });
  return { campaignId, wordingId };
}
