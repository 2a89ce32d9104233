// Histories recorded in test/replay must replay after every change here: what changes the order or the kind of
// commands goes through patched().
export { acknowledgements } from './acknowledgements.ts';
export { campaign, campaignShard } from './campaign.ts';
export { erasure } from './erasure.ts';
export { housekeeping } from './housekeeping.ts';
export { importContacts } from './import-contacts.ts';
export { reminderSeries } from './reminder-series.ts';
export { seal } from './seal.ts';
