// Histories recorded in test/replay must replay after every change here: what changes the order or the kind of
// commands goes through patched().
export { campaign, campaignShard } from './campaign.ts';
export { acknowledgements, erasure, importContacts } from './one-activity.ts';
export { reminderSeries } from './reminder-series.ts';
export { housekeeping, seal } from './instance.ts';
