import type { Door } from './console-frame.ts';

/** The pages of the console, in the order of a day's work; each needs what the API asks for it. */
export const DOORS: readonly Door[] = [
  { path: '/imports', needs: 'POST /v1/imports', words: { fr: 'Importer', en: 'Import' }, main: true },
  {
    path: '/campaigns/new',
    needs: 'POST /v1/campaigns',
    words: { fr: 'Nouvelle campagne', en: 'New campaign' },
    main: true,
  },
  {
    path: '/to-call',
    needs: 'GET /v1/reminders/unreached',
    words: { fr: 'À appeler', en: 'To call' },
    main: true,
  },
  { path: '/campaigns', needs: 'GET /v1/campaigns', words: { fr: 'Campagnes', en: 'Campaigns' } },
  { path: '/series', needs: 'GET /v1/reminder-series', words: { fr: 'Rappels', en: 'Reminders' } },
  {
    path: '/figures',
    needs: 'GET /v1/reports/sends',
    words: { fr: 'Chiffres', en: 'Figures' },
  },
  { path: '/uncertain', needs: 'GET /v1/uncertain', words: { fr: 'Envois incertains', en: 'Uncertain' } },
  { path: '/replies', needs: 'GET /v1/replies', words: { fr: 'Réponses à lire', en: 'Unclear replies' } },
  { path: '/rights', needs: 'GET /v1/rights-requests', words: { fr: 'Demandes RGPD', en: 'GDPR requests' } },
  { path: '/agreements', needs: 'GET /v1/forms', words: { fr: 'Accords', en: 'Consents' } },
  { path: '/suppressions', needs: 'GET /v1/suppressions', words: { fr: 'Oppositions', en: 'Suppressions' } },
  { path: '/gateways', needs: 'GET /v1/gateways', words: { fr: 'Opérateurs', en: 'Gateways' } },
  { path: '/audit', needs: 'GET /v1/audit', words: { fr: 'Audit', en: 'Audit' } },
  { path: '/settings', needs: 'PATCH /v1/tenant', words: { fr: 'Société', en: 'Company' } },
  {
    path: '/practices',
    needs: 'PUT /v1/practices/{externalId}',
    words: { fr: 'Cabinets', en: 'Practices' },
  },
  { path: '/keys', needs: 'GET /v1/keys', words: { fr: 'Clés', en: 'Keys' } },
];
