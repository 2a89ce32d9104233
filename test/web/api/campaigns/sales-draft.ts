import type { Served } from '../../server/served.ts';

/** Words to agree to, and people who agreed to them yesterday on paper; answers the id of the words. */
export async function agreedYesterday(
  { ask, admin, clock }: Pick<Served, 'ask' | 'admin' | 'clock'>,
  phones: readonly string[],
): Promise<string> {
  const post = (path: string, body: unknown) => ask('POST', path, { key: admin, body });
  const wording = await post('/v1/wordings', {
    purpose: 'marketing',
    locale: 'fr',
    text: 'Des offres par SMS ?',
  });
  for (const phone of phones)
    await post('/v1/consents', {
      phone,
      purpose: 'marketing',
      wordingId: wording.body.id,
      method: 'paper',
      grantedAt: clock.now().minus({ days: 1 }).toISO(),
      evidence: { documentRef: 'BULL-9' },
    });
  return String(wording.body.id);
}

/** A draft to everybody, and the words agreed to: two people who agreed yesterday, and a third who never did. */
export async function aSalesDraft(
  at: Pick<Served, 'ask' | 'admin' | 'clock'>,
  { agreed, never }: { readonly agreed: readonly string[]; readonly never: string },
): Promise<{ readonly campaignId: string; readonly wordingId: string }> {
  const post = (path: string, body: unknown) => at.ask('POST', path, { key: at.admin, body });
  const wordingId = await agreedYesterday(at, agreed);
  await post('/v1/contacts', { phone: never });
  const made = await post('/v1/campaigns', {
    name: 'Soldes',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Maison Lumière : -20 % en boutique. {stop}',
    audience: { all: true },
  });
  return { campaignId: String(made.body.id), wordingId };
}
