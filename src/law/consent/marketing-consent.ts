import { basesOf, basesToOpen } from '../bases.ts';
import { READ_ON, type Rule } from '../rule.ts';

/** CON-01: advertising needs a living consent, or a proven earlier sale. */
export const marketingConsent: Rule = {
  id: 'CON-01',
  title: { fr: 'Publicité : consentement préalable', en: 'Advertising: prior consent' },
  level: 'LAW',
  source: 'Code des postes et des communications électroniques, art. L34-5',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: '2020-07-26',
  purposes: ['marketing'],
  reading: {
    fr: 'Consentement libre, spécifique et éclairé, par responsable, finalité et canal. Client existant, produits analogues : intérêt légitime, si un administrateur l’a ouvert et que la vente est prouvée.',
    en: 'Free, specific, informed consent, by controller, purpose and channel. Existing customer, similar products: legitimate interest, when an admin opened it and the sale is proven.',
  },
  parameters: { basis: basesOf('marketing'), opened_only: basesToOpen('marketing') },
};
