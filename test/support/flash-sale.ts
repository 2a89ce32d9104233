import { until, type Instance } from './instance.ts';

/** People who signed a paper, as a shop's export lists them. */
export function signedOnPaper(phones: readonly string[]): string {
  const rows = phones.map(
    (phone) => `${phone};04/03/2026 10:00;paper;J’accepte de recevoir vos offres par SMS.;BULL-1`,
  );
  return ['telephone;date_optin;source_optin;texte_optin;ref_bulletin', ...rows].join('\n');
}

/** Imports the file, makes a campaign for all whom it brought, and answers its id; nothing is launched. */
export async function aFlashSale(instance: Pick<Instance, 'call'>, csv: string): Promise<string> {
  const csvType = { 'content-type': 'text/csv' };
  const { body: taken } = await instance.call('POST', '/v1/imports?kind=contacts', csv, csvType);
  const importId = String(taken['id']);
  await until(
    async () => (await instance.call('GET', `/v1/imports/${importId}`)).body,
    ({ state }) => state === 'finished',
  );
  const { body: made } = await instance.call('POST', '/v1/campaigns', {
    name: 'Vente flash',
    purpose: 'marketing',
    sender: 'LUMIERE',
    text: 'Maison Lumière : -30 % en boutique. {stop}',
    audience: { importId },
  });
  return String(made['id']);
}
