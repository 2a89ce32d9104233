/** Replies as people write them: none was taken from a list of the matcher, and none may be added to one. */

const lines = (text: string): readonly string[] => text.trim().split('\n');

/** By these somebody asks for silence, whatever the words. */
export const WISHES_FOR_SILENCE = lines(`
stp arretez
stp stop
arretez svp de m'envoyer des sms
arreter de m envoyer des messages svp
ne m'écrivez plus
Stop merci
stop!!!
STOP 36180
stoppez
stopez
stopper
désabonner
desabonné moi
désabonnez moi svp
unsubscribe
unsubscribe me please
RE: STOP
Re : stop
Tr: STOP
Fwd: STOP
stop sms stop
Stop aux sms
STOP AU 36180 merci
J'ai dit STOP
J'ai déjà répondu stop
j ai deja fait stop 3 fois !!!
STOP STOP STOP
Veuillez arrêter
Veuillez arrêter vos SMS
veuillez ne plus m'envoyer de messages
Merci de ne plus m'envoyer de sms
merci d'arrêter
merci d'arreter vos pubs
Je ne veux plus rien recevoir
Je veux plus rien recevoir de vous
je veux plus de vos sms
Basta
ça suffit
ça suffit les sms
y en a marre
plus de pub svp
pas de pub
no pub
Stopp
SToP.
stop svp merci
resiliation sms
me désinscrire
je me désabonne
je me désinscris
Je souhaite me désabonner de votre liste
Enlevez moi de la liste
Oubliez mon numéro
Effacez mon numero
Supprimez mon numéro svp
Supprimez-moi
Lâchez-moi
fichez moi la paix
Laissez moi
Arrêtez !
ARRÊT
arret sms
arrêt des sms
arrêtez ça
arrêtez avec vos sms
arrete de m'envoyer des messages
fin des sms
fin sms
cancel sms
QUIT
opt-out please
optout
STOP PUBLICITE
Stop publicités
stop spam
no more sms
stop texting me
please stop
STOP,
st0p
Ѕtop
stop 🙏
🛑
🛑 STOP
✋ stop
s t o p
"STOP"
stop.
Stop c'est bon
non stop svp
non merci stop
Non merci, ne me contactez plus
je ne suis plus intéressé
plus intéressée merci
plus client chez vous
je ne suis plus cliente, merci de me retirer
cessez de m'importuner
Je refuse de recevoir vos offres
Je refuse vos sms
je m'oppose
je ne souhaite plus etre contacté
ne souhaite plus recevoir d'offres
Pourriez-vous cesser ces envois ?
comment me désabonner ?
Comment on arrête ces sms ?
comment ne plus recevoir de sms ?
comment faire pour que ca s'arrete
vous pouvez arrêter les sms ?
C'est pas moi, arretez
c'est une erreur de numéro
vous avez le mauvais numero
Ce n'est pas mon numéro
Je ne suis pas Mme Durand
je ne connais pas votre magasin, stop
SVP STOP
Pas de sms svp
plus de messages
Plus aucun message
Stop à la pub
stop a vos sms
Halte aux sms
halte
je vous bloque
spam
arnaque
STOP ALL
TOUT STOP
stop à tous vos messages
STOPPER TOUS LES SMS
Stop rappels
stop les rappels
plus de rappel svp
plus de rappels
stopsms
STOOOOP
Stop please
remove
remove me
take me off
Détruisez mes données
Droit d'opposition
RGPD
je vais porter plainte
décédé
Mon mari est décédé, merci de ne plus écrire
stoppppppez
arrétez
arretter
arrêté
ARRETER SMS
arrêter les messages
arrêtez les messages svp je n'en peux plus
jsuis pas interessé
pas interesse
pas intéressé merci
ça m'intéresse pas
ne m’intéresse pas
plus jamais
Jamais de la vie arrêtez
ne me contactez plus jamais
ne plus m'ecrire
ne plus envoyer
n'envoyez plus
arrêtez le spam
stop cordialement
Bonjour stop cordialement
stop mme Martin
stop je n'habite plus la région
STOP j'ai déménagé
stop stp
Stop !
desinscription svp
DESINCRIPTION
desabonement
désabonnemant
DESABONEZ MOI
Bonjour, merci de bien vouloir cesser vos envois publicitaires
Bonsoir pouvez vous me retirer de votre liste de diffusion svp
Stop je vous ai déjà demandé 2 fois
STO P
Stop!!!!!!!!!
stop ces messages
Stopper moi ça
pourriez vous arreter
Arretez de me harceler
je souhaiterais ne plus recevoir de publicité
on peut se désinscrire comment ?
Désinscrivez-moi
Unsubscribe now
pls stop
Stop it
plz remove my number
Retirez mon num
enlever mon numéro
supprimer mon 06 de vos fichiers
Désactivez les sms
je ne suis pas d'accord pour recevoir vos sms
je n'ai jamais donné mon accord
je n'ai jamais demandé à recevoir ces messages
qui vous a donné mon numéro ?
je n'ai rien demandé
Pas de démarchage merci
Pas de démarchage
je suis sur Bloctel
Plus besoin de vos sms
non plus de sms
stop dès maintenant
S-T-O-P
S.T.O.P.
STOP/36180
Stop_36180
stoP sMs
Stop ✋
arrêt svp
ARRÊTER
J'arrête, désabonnement svp
arrêtez je vous prie
ARRETEZ VOS CONNERIES
arrêtez ou je porte plainte
dernier avertissement avant plainte
Désolé mais stop
Ok mais stop les pubs
stop, le numéro a changé de propriétaire
Ce numéro n'est plus celui de M. Martin
je ne suis pas la personne que vous cherchez
vous faites erreur
Erreur de destinataire
pas concerné
pas concernée merci
Je ne veux pas de vos promos
Gardez vos promos
marre
fatigué de vos messages
dégagez
foutez-moi la paix
ne plus me déranger svp
Ne m'envoie plus rien
m'envoyez pas de sms
n'envoyez pas de messages le soir
stop pour ma mère aussi
Stop stop
SSTOP
stop0
Stop36111
stop au 36111 svp
je fais stop
je tape stop
je mets stop
mettre stop
Annulation abonnement sms
désabonnement newsletter
sortez moi de votre liste
sortir de la liste
`);
