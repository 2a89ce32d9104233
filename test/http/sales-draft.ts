import type { Served } from './served.ts';

/** A draft to everybody, and the words agreed to: two people who agreed yesterday, and a third who never did. */
export async function aSalesDraft(
  { ask, admin, clock }: Pick<Served, 'ask' | 'admin' | 'clock'>,
  { agreed, never }: { readonly agreed: readonly string[]; readonly never: string },
): Promise<{ readonly campaignId: string; readonly wordingId: string }> {
  const post = (path: string, body: unknown) => ask('POST', path, { key: admin, body });
  const wording = await post('/v1/wordings', {
    purpose: 'marketing',
    locale: 'fr',
    text: 'Des offres par SMS ?',
  });
  for (const phone of agreed)
    await post('/v1/consents', {
      phone,
      purpose: 'marketing',
      wordingId: wording.body.id,
      method: 'paper',
      grantedAt: clock.now().minus({ days: 1 }).toISO(),
      evidence: { documentRef: 'BULL-9' },
    });
  await post('/v1/contacts', { phone: never });
  const made = await post('/v1/campaigns', {
    name: 'Soldes',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Maison Lumière : -20 % en boutique. {stop}',
    audience: { all: true },
  });
  return { campaignId: String(made.body.id), wordingId: String(wording.body.id) };
}
