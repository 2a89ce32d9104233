import type { Door } from './frame-page.ts';
import { bilingual } from '../../words/index.ts';

/** The pages of the console, in the order of a day's work; each needs what the API asks for it. */
export const DOORS: readonly Door[] = [
  { path: '/imports', needs: 'POST /v1/imports', words: bilingual.consolePages.doors.imports, main: true },
  {
    path: '/campaigns/new',
    needs: 'POST /v1/campaigns',
    words: bilingual.consolePages.doors.newCampaign,
    main: true,
  },
  {
    path: '/to-call',
    needs: 'GET /v1/reminders/unreached',
    words: bilingual.consolePages.doors.toCall,
    main: true,
  },
  { path: '/campaigns', needs: 'GET /v1/campaigns', words: bilingual.consolePages.doors.campaigns },
  { path: '/series', needs: 'GET /v1/reminder-series', words: bilingual.consolePages.doors.series },
  {
    path: '/figures',
    needs: 'GET /v1/reports/sends',
    words: bilingual.consolePages.doors.figures,
  },
  { path: '/uncertain', needs: 'GET /v1/uncertain', words: bilingual.consolePages.doors.uncertain },
  { path: '/replies', needs: 'GET /v1/replies', words: bilingual.consolePages.doors.replies },
  { path: '/rights', needs: 'GET /v1/rights-requests', words: bilingual.consolePages.doors.rights },
  { path: '/agreements', needs: 'GET /v1/forms', words: bilingual.consolePages.doors.agreements },
  { path: '/suppressions', needs: 'GET /v1/suppressions', words: bilingual.consolePages.doors.suppressions },
  { path: '/gateways', needs: 'GET /v1/gateways', words: bilingual.consolePages.doors.gateways },
  { path: '/audit', needs: 'GET /v1/audit', words: bilingual.consolePages.doors.audit },
  { path: '/settings', needs: 'PATCH /v1/tenant', words: bilingual.consolePages.doors.settings },
  {
    path: '/practices',
    needs: 'PUT /v1/practices/{externalId}',
    words: bilingual.consolePages.doors.practices,
  },
  { path: '/keys', needs: 'GET /v1/keys', words: bilingual.consolePages.doors.keys },
];
