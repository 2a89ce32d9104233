/** What people write to be left alone. */
export const SILENCING = [
  'STOP',
  'ARRÊT',
  'arrêt svp',
  'désabonnement',
  'Désinscrivez-moi, merci',
  "Bonjour, je vous demande de ne plus m'envoyer de SMS publicitaires.",
];
/** What they write otherwise. */
export const ORDINARY = [
  'Merci, à bientôt !',
  'OUI',
  'Je serai là à 10h, désolé pour le retard',
  'D’accord, ça marche 👍',
  'Est-ce possible le 12 au soir ? Anaïs',
];
