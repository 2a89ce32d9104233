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

/** By these nobody does, however near the words come. */
export const TALK_OF_EVERY_DAY = lines(`
je serai au stop du carrefour
non-stop
bus stop
ok j'arrête la voiture et j'arrive
je ne veux pas annuler
oui mais je serai en retard
1
2
2 personnes
OUI
annuler svp
CONTACT
je suis à l'arrêt de bus
Je suis a l'arret du tram
arrêt maladie jusqu'à lundi
Je suis en arrêt
J'arrive
je m'arrête à la boulangerie et j'arrive
la voiture s'est arrêtée, je serai en retard
mon train est arrêté en gare
Le bus s'arrête devant ?
on fait un pit stop et on arrive
Ouvert non stop samedi ?
vous êtes ouverts non-stop ?
vous êtes ouvert non stop le midi ?
Top
Merci !
Ok
Je confirme
je confirme le rdv de demain
C'est bon pour moi
Parfait merci
je voudrais décaler
Est-il possible de reporter ?
je ne peux pas venir
je ne peux plus venir jeudi
Je n'aurai plus besoin du rdv
impossible pour moi
j'annule mon rdv
je dois annuler le rdv de demain
annulez svp
oui annuler
Oui je serai présent
pas de problème j'y serai
Je n'ai pas eu le message
j'ai pas reçu le sms
je n'ai plus de sms
Vos messages sont gentils merci
merci pour vos rappels
merci pour le rappel
Merci pour votre message
J'adore vos offres
votre offre est encore valable ?
encore des promos ?
l'offre est-elle finie ?
avez-vous fini les travaux ?
je finis à 17h
Je termine mon travail à 18h
pouvez-vous m'envoyer un sms demain ?
envoyez moi l'adresse
envoyez plus d'infos
Envoyez-moi plus de détails svp
je veux plus d'informations
je voudrais plus d'infos sur l'offre
plus d'infos svp
Pouvez-vous me contacter plus tard
contactez moi plus tard
rappelez-moi plus tard
appelez plus tard
Appelez-moi plutôt demain
M'écrire plutôt par mail
quel est le numéro ?
Vous avez changé de numéro ?
mon nouveau numéro est le 06 39 98 12 34
mettez à jour mon numéro svp
Supprimez le rdv de jeudi
supprimez ma commande
enlevez un couvert, nous serons 3
retirez le sel de ma commande
Je retire ma commande à 18h
je viens retirer mon colis
Peut-on retirer le colis demain ?
arrêtez-vous à quelle heure le samedi ?
A quelle heure vous arrêtez le service ?
quand s'arrêtent les soldes ?
les soldes s'arrêtent quand ?
la promo s'arrête quand ?
La fin de l'offre c'est quand ?
fin de la promo ?
c'est un spam ?
C'est une arnaque ?
qui est-ce ?
quelle adresse ?
stoppage à 2km je suis en retard
on se voit au stop
mon fils a fait un one stop shop
auto-stop
je viens en stop
on fait du stop
feu stop cassé sur ma voiture
mes feux stop ne marchent pas
le stop arrière est cassé
Avez-vous des stop-portes ?
Non
non merci
Non, pas possible
pas dispo
Pas aujourd'hui
je suis plus dispo jeudi
plus de places ?
Il n'y en a plus en taille 38 ?
Il ne reste plus de robe rouge ?
vous n'avez plus d'offre ?
Plus de 10 minutes de retard
je ne suis plus très loin
ma femme ne veut plus de rdv le matin
je refuse le nouveau contrat
je souhaite résilier mon contrat
je ne souhaite pas renouveler
resilier
Oui !!!
ok 👍
👍
1 svp
oui merci a jeudi
yes
see you
cancel
please cancel my appointment
can we move it to Monday?
I will be 10 minutes late
thanks
info
aide
contact svp
quit smoking consultation ?
combien coûte l'arrêt du tabac ?
rdv arrêt du tabac
j'ai besoin d'un arrêt de travail
prolongation arrêt
il faut m'arrêter une semaine
je dois m'arrêter en chemin
j'ai fini
c'est fini ?
terminé
au revoir
bonne journée
Bonne fête
joyeux noël
j'ai payé hier
le prélèvement est passé ?
je paierai demain
2 places svp
3
10h
10h30 ok
ok pour 14h
je prends
je réserve
réservez-en 2
Je suis intéressé
ça m'intéresse
pas encore reçu
toujours pas reçu mon colis
je n'ai jamais reçu vos messages avant
envoyez jamais reçu
le numéro ne répond pas
c'est quel numéro de rue ?
erreur de date ?
Je me suis trompé de jour
vous vous êtes trompés de date
ma fille est malade, on annule
ne m'oubliez pas
n'oubliez pas ma commande
laissez-moi 5 minutes
laissez nous la table près de la fenêtre
Laissez le colis chez le gardien
je laisse tomber
remove the old one and keep Thursday
halte-garderie ouverte ?
haltères en stock ?
Stoppeur de porte dispo ?
le docteur m'a arrêté
opposition sur ma carte bancaire
Je fais opposition sur la carte
RIB changé
j'ai retiré ma commande
contact ?
je peux contacter qui ?
comment vous contacter ?
Qui contacter pour annuler ?
Oui stoppez la commande rouge et prenez la bleue
On peut arrêter le contrat quand ?
Pouvez-vous m'envoyer plus tard le devis ?
Bonjour, j'arriverai plus tard
Rien reçu
Je n'ai rien reçu
j'ai pas eu la pub de votre magasin
Pas de sms reçu ce mois ci c'est normal ?
Je veux bien recevoir vos offres
je veux recevoir plus de promos
Envoyez moi vos promos
continuez à m'envoyer vos offres
Ne m'oubliez pas pour les promos
Il n'y a plus de places à 14h ?
Avez vous encore la veste en bleu
je cherche un arrêt proche
c'est à quel arrêt ?
Quel arrêt de métro ?
descendez à l'arrêt mairie
l'arrêt est fermé
le train est à l'arrêt
je suis à l'arrêt sur l'autoroute
arrêtée par la police je serai en retard
Je me suis arrêtée en route
on s'arrête 5 min
il s'arrête de pleuvoir
je quitte le bureau
je viens de quitter la maison
quitte à décaler je préfère lundi
c'est fini pour les soldes ?
a-t-on fini ?
Fin de journée possible ?
en fin de matinée
fin de semaine svp
Merci de me contacter
merci de me rappeler
ne pas rappeler avant 14h
n'appelez pas avant 10h
N'appelez pas le fixe mais le portable
ne m'appelez pas avant midi
Envoyez pas le colis à la maison
je retire mon véhicule ce soir
supprimez l'option ménage
effacez la dernière ligne de ma commande
je suis plus intéressée par le bleu
Mon numéro de commande est le 1234
mauvais numéro de commande
c'est le mauvais numéro de rue
Je refuse
je refuse la proposition de rdv
Je ne suis pas le patient, c'est ma fille
je suis la maman
je ne suis pas encore cliente
ma cliente ne sera plus là
les données ont changé
la liste svp
quelle base ?
la diffusion commence quand ?
spam ou vrai message ?
est-ce bien vous ?
stock épuisé ?
spot lumineux encore dispo ?
un top !
stage stop tabac ?
consultation pour arrêt du tabac
arrêt tabac
j'ai arrêté de fumer
il a arrêté son traitement
dois-je arrêter mon traitement ?
dois-je arrêter le médicament avant ?
faut-il arrêter de manger avant ?
Suis-je obligé d'arrêter de boire avant l'examen
Je peux venir plus tôt ?
plus tôt si possible
plus que 2 jours !
oui plus ou moins
C'est bon, plus de fièvre
je n'ai plus de fièvre
j'ai marre de vous attendre, j'arrive
ça suffit pour 4 personnes ?
Deux suffisent
assez de places ?
avez-vous assez de tables
lâchez un avis
je laisse mon tel
Laissez un message
laissez-moi vous rappeler
laissez-moi regarder
`);
