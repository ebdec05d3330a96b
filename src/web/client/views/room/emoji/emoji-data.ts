// Written by `bun run web:emoji` from emojibase-data (MIT, © Miles Johnson). By line: the emoji, its name, its short names, further
// keywords, and `t` where it comes in tones of skin.
export const EMOJI_DATA = `
# Smileys and emotion
😀|grinning face|grinning|cheerful cheery grin happy laugh nice smile smiling teeth
😃|grinning face with big eyes|smiley|awesome grin happy mouth open smile smiling teeth yay
😄|grinning face with smiling eyes|smile|eye grin happy laugh lol mouth open
😁|beaming face with smiling eyes|grin|eye grinning happy nice smile teeth
😆|grinning squinting face|laughing satisfied|closed eyes haha hahaha happy laugh lol mouth open rofl smile smiling
😅|grinning face with sweat|sweat_smile|cold dejected excited mouth nervous open smiling stress stressed
🤣|rolling on the floor laughing|rofl|crying face funny haha happy hehe hilarious joy laugh lmao lol roflmao tear
😂|face with tears of joy|joy|crying feels funny haha happy hehe hilarious laugh lmao lol rofl roflmao tear
🙂|slightly smiling face|slightly_smiling_face|happy smile
🙃|upside-down face|upside_down_face|hehe smile upside-down
🫠|melting face|melting_face|disappear dissolve embarrassed haha heat hot liquid lol melt sarcasm sarcastic
😉|winking face|wink|flirt heartbreaker sexy slide tease winks
😊|smiling face with smiling eyes|blush|eye glad satisfied smile
😇|smiling face with halo|innocent|angel angelic angels blessed fairy fairytale fantasy happy peaceful smile spirit tale
🥰|smiling face with hearts|smiling_face_with_three_hearts|3 adore crush heart ily love romance smile you
😍|smiling face with heart-eyes|heart_eyes|143 bae eye feels heart-eyes hearts ily kisses love romance romantic smile xoxo
🤩|star-struck|star_struck|excited eyes face grinning smile starry-eyed wow
😘|face blowing a kiss|kissing_heart|adorbs bae flirt ily love lover miss muah romantic smooch xoxo you
😗|kissing face|kissing|143 date dating flirt ily kiss love smooch smooches xoxo you
☺️|smiling face|relaxed|happy outlined smile
😚|kissing face with closed eyes|kissing_closed_eyes|143 bae blush date dating eye flirt ily kisses smooches xoxo
😙|kissing face with smiling eyes|kissing_smiling_eyes|143 closed date dating eye flirt ily kiss kisses love night smile
🥲|smiling face with tear|smiling_face_with_tear|glad grateful happy joy pain proud relieved smile smiley touched
😋|face savoring food|yum|delicious eat full hungry savor smile smiling tasty um yummy
😛|face with tongue|stuck_out_tongue|awesome cool nice party stuck-out sweet
😜|winking face with tongue|stuck_out_tongue_winking_eye|crazy epic funny joke loopy nutty party stuck-out wacky weirdo wink yolo
🤪|zany face|zany_face|crazy eye eyes goofy large small
😝|squinting face with tongue|stuck_out_tongue_closed_eyes|eye gross horrible omg stuck-out taste whatever yolo
🤑|money-mouth face|money_mouth_face|money-mouth paid
🤗|smiling face with open hands|hugs|hug hugging
🤭|face with hand over mouth|hand_over_mouth|giggle giggling oops realization secret shock sudden surprise whoops
🫢|face with open eyes and hand over mouth|face_with_open_eyes_and_hand_over_mouth|amazement awe disbelief embarrass gasp omg quiet scared shock surprise
🫣|face with peeking eye|face_with_peeking_eye|captivated embarrass hide hiding peek peep scared shy stare
🤫|shushing face|shushing_face|quiet shh shush
🤔|thinking face|thinking|chin consider hmm ponder pondering wondering
🫡|saluting face|saluting_face|good luck ma’am ok respect salute sir troops yes
🤐|zipper-mouth face|zipper_mouth_face|keep quiet secret shut zip zipper-mouth
🤨|face with raised eyebrow|raised_eyebrow|disapproval disbelief distrust emoji hmm mild skeptic skeptical skepticism surprise what
😐|neutral face|neutral_face|awkward blank deadpan expressionless fine jealous meh oh shade straight unamused unhappy unimpressed whatever
😑|expressionless face|expressionless|awkward dead fine inexpressive jealous meh not oh omg straight uh unhappy unimpressed whatever
😶|face without mouth|no_mouth|awkward blank expressionless mouthless mute quiet secret silence silent speechless
🫥|dotted line face|dotted_line_face|depressed disappear hidden hide introvert invisible meh whatever wtv
😶‍🌫️|face in clouds|face_in_clouds|absentminded fog head
😏|smirking face|smirk|boss dapper flirt homie kidding leer shade slick sly smug snicker suave suspicious swag
😒|unamused face|unamused|... bored fine jealous jel jelly pissed smh ugh uhh unhappy weird whatever
🙄|face with rolling eyes|roll_eyes|eyeroll shade ugh whatever
😬|grimacing face|grimacing|awk awkward dentist grimace grinning smile smiling
😮‍💨|face exhaling|face_exhaling|blow blowing exhale exhausted gasp groan relief sigh smiley smoke whisper whistle
🤥|lying face|lying_face|liar lie pinocchio
🫨|shaking face|shaking_face|crazy daze earthquake omg panic shock surprise vibrate whoa wow
🙂‍↔️|head shaking horizontally||no shake
🙂‍↕️|head shaking vertically||nod yes
😌|relieved face|relieved|calm peace relief zen
😔|pensive face|pensive|awful bored dejected died disappointed losing lost sad sucks
😪|sleepy face|sleepy|crying good night sad sleep sleeping tired
🤤|drooling face|drooling_face
😴|sleeping face|sleeping|bed bedtime good goodnight nap night sleep tired whatever yawn zzz
😷|face with medical mask|mask|cold dentist dermatologist doctor dr germs medicine sick
🤒|face with thermometer|face_with_thermometer|ill sick
🤕|face with head-bandage|face_with_head_bandage|head-bandage hurt injury ouch
🤢|nauseated face|nauseated_face|gross nasty sick vomit
🤮|face vomiting|vomiting_face|barf ew gross puke sick spew throw up vomit
🤧|sneezing face|sneezing_face|fever flu gesundheit sick sneeze
🥵|hot face|hot_face|dying feverish heat panting red-faced stroke sweating tongue
🥶|cold face|cold_face|blue blue-faced freezing frostbite icicles subzero teeth
🥴|woozy face|woozy_face|dizzy drunk eyes intoxicated mouth tipsy uneven wavy
😵|face with crossed-out eyes|dizzy_face|crossed-out dead feels knocked sick tired
😵‍💫|face with spiral eyes|face_with_spiral_eyes|confused dizzy hypnotized omg smiley trouble whoa woah woozy
🤯|exploding head|exploding_head|blown explode mind mindblown no shocked way
🤠|cowboy hat face|cowboy_hat_face|cowgirl
🥳|partying face|partying_face|bday birthday celebrate celebration excited happy hat hooray horn party
🥸|disguised face|disguised_face|disguise eyebrow glasses incognito moustache mustache nose person spy tache tash
😎|smiling face with sunglasses|sunglasses|awesome beach bright bro chilling cool rad relaxed shades slay smile style swag win
🤓|nerd face|nerd_face|brainy clever expert geek gifted glasses intelligent smart
🧐|face with monocle|monocle_face|classy fancy rich stuffy wealthy
😕|confused face|confused|befuddled confusing dunno frown hm meh not sad sorry sure
🫤|face with diagonal mouth|face_with_diagonal_mouth|confused confusion disappointed doubt doubtful frustrated frustration meh skeptical unsure whatever wtv
😟|worried face|worried|anxious butterflies nerves nervous sad stress stressed surprised worry
🙁|slightly frowning face|slightly_frowning_face|frown sad
☹️|frowning face|frowning_face|frown sad
😮|face with open mouth|open_mouth|believe forgot omg shocked surprised sympathy unbelievable unreal whoa wow you
😯|hushed face|hushed|epic omg stunned surprised whoa woah
😲|astonished face|astonished|cost no omg shocked totally way
😳|flushed face|flushed|amazed awkward crazy dazed dead disbelief embarrassed geez heat hot impressed jeez what wow
🥺|pleading face|pleading_face|begging big eyes mercy not please pretty puppy sad why
🥹|face holding back tears|face_holding_back_tears|admiration aww cry embarrassed feelings grateful gratitude joy please proud resist sad
😦|frowning face with open mouth|frowning|caught frown guard scared scary surprise what wow
😧|anguished face|anguished|forgot scared scary stressed surprise unhappy what wow
😨|fearful face|fearful|afraid anxious blame fear scared worried
😰|anxious face with sweat|cold_sweat|blue eek mouth nervous open rushed scared yikes
😥|sad but relieved face|disappointed_relieved|anxious call close complicated not sweat time whew
😢|crying face|cry|awful feels miss sad tear triste unhappy
😭|loudly crying face|sob|bawling cry sad tear tears unhappy
😱|face screaming in fear|scream|epic fearful munch scared screamer shocked surprised woah
😖|confounded face|confounded|annoyed confused cringe distraught feels frustrated mad sad
😣|persevering face|persevere|concentrate concentration focus headache
😞|disappointed face|disappointed|awful blame dejected fail losing sad unhappy
😓|downcast face with sweat|sweat|close cold feels headache nervous sad scared yikes
😩|weary face|weary|crying fail feels hungry mad nooo sad sleepy tired unhappy
😫|tired face|tired_face|cost feels nap sad sneeze
🥱|yawning face|yawning_face|bedtime bored goodnight nap night sleep sleepy tired whatever yawn zzz
😤|face with steam from nose|triumph|anger angry feels fume fuming furious fury mad unhappy won
😡|enraged face|pout rage|anger angry feels mad maddening pouting red shade unhappy upset
😠|angry face|angry|anger blame feels frustrated mad maddening rage shade unhappy upset
🤬|face with symbols on mouth|cursing_face|censor cussing mad pissed swearing
😈|smiling face with horns|smiling_imp|demon devil evil fairy fairytale fantasy purple shade smile tale
👿|angry face with horns|imp|demon devil evil fairy fairytale fantasy mischievous purple shade tale
💀|skull|skull|body dead death face fairy fairytale i’m lmao monster tale yolo
☠️|skull and crossbones|skull_and_crossbones|bone dead death face monster
💩|pile of poo|hankey poop shit|bs comic doo dung face fml monster smelly smh stink stinks stinky turd
🤡|clown face|clown_face
👹|ogre|japanese_ogre|creature devil face fairy fairytale fantasy mask monster scary tale
👺|goblin|japanese_goblin|angry creature face fairy fairytale fantasy mask mean monster tale
👻|ghost|ghost|boo creature excited face fairy fairytale fantasy halloween haunting monster scary silly tale
👽|alien|alien|creature extraterrestrial face fairy fairytale fantasy monster space tale ufo
👾|alien monster|space_invader|creature extraterrestrial face fairy fairytale fantasy game gamer games pixelated tale ufo
🤖|robot|robot|face monster
😺|grinning cat|smiley_cat|animal face mouth open smile smiling
😸|grinning cat with smiling eyes|smile_cat|animal eye face grin
😹|cat with tears of joy|joy_cat|animal face laugh laughing lol tear
😻|smiling cat with heart-eyes|heart_eyes_cat|animal eye face heart-eyes love smile
😼|cat with wry smile|smirk_cat|animal face ironic
😽|kissing cat|kissing_cat|animal closed eye eyes face kiss
🙀|weary cat|scream_cat|animal face oh surprised
😿|crying cat|crying_cat_face|animal cry sad tear
😾|pouting cat|pouting_cat|animal face
🙈|see-no-evil monkey|see_no_evil|embarrassed face forbidden forgot gesture hide omg prohibited scared secret smh watch
🙉|hear-no-evil monkey|hear_no_evil|animal ears face forbidden gesture listen not prohibited secret shh tmi
🙊|speak-no-evil monkey|speak_no_evil|animal face forbidden gesture not oops prohibited quiet secret stealth
💌|love letter|love_letter|heart mail romance valentine
💘|heart with arrow|cupid|143 adorbs date emotion ily love romance valentine
💝|heart with ribbon|gift_heart|143 anniversary emotion ily kisses valentine xoxo
💖|sparkling heart|sparkling_heart|143 emotion excited good ily kisses morning night sparkle xoxo
💗|growing heart|heartpulse|143 emotion excited ily kisses muah nervous pulse xoxo
💓|beating heart|heartbeat|143 cardio emotion ily love pulsating pulse
💞|revolving hearts|revolving_hearts|143 adorbs anniversary emotion heart
💕|two hearts|two_hearts|143 anniversary date dating emotion heart ily kisses love loving xoxo
💟|heart decoration|heart_decoration|143 emotion hearth purple white
❣️|heart exclamation|heavy_heart_exclamation|mark punctuation
💔|broken heart|broken_heart|break crushed emotion heartbroken lonely sad
❤️‍🔥|heart on fire|heart_on_fire|burn love lust sacred
❤️‍🩹|mending heart|mending_heart|healthier improving recovering recuperating well
❤️|red heart|heart|emotion love
🩷|pink heart|pink_heart|143 adorable cute emotion ily like love special sweet
🧡|orange heart|orange_heart|143
💛|yellow heart|yellow_heart|143 cardiac emotion ily love
💚|green heart|green_heart|143 emotion ily love romantic
💙|blue heart|blue_heart|143 emotion ily love romance
🩵|light blue heart|light_blue_heart|143 cute cyan emotion ily like love sky special teal
💜|purple heart|purple_heart|143 bestest emotion ily love
🤎|brown heart|brown_heart|143
🖤|black heart|black_heart|evil wicked
🩶|grey heart|grey_heart|143 emotion gray ily love silver slate special
🤍|white heart|white_heart|143
💋|kiss mark|kiss|dating emotion heart kissing lips romance sexy
💯|hundred points|100|a+ agree clearly definitely faithful fleek full keep perfect point score true truth yup
💢|anger symbol|anger|angry comic mad upset
💥|collision|boom collision|bomb collide comic explode
💫|dizzy|dizzy|comic shining shooting star stars
💦|sweat droplets|sweat_drops|comic drip droplet splashing squirt water wet work workout
💨|dashing away|dash|cloud comic fart fast go gone gotta running smoke
🕳️|hole|hole
💬|speech balloon|speech_balloon|bubble comic dialog message sms talk text typing
👁️‍🗨️|eye in speech bubble|eye_speech_bubble|balloon witness
🗨️|left speech bubble|left_speech_bubble|balloon dialog
🗯️|right anger bubble|right_anger_bubble|angry balloon mad
💭|thought balloon|thought_balloon|bubble cartoon cloud comic daydream decisions dream idea invent invention realize think thoughts wonder
💤|ZZZ|zzz|comic good goodnight night sleep sleeping sleepy tired
# People and body
👋|waving hand|wave|bye cya g2g greetings gtg hello hey hi later outtie ttfn ttyl yo you|t
🤚|raised back of hand|raised_back_of_hand|backhand|t
🖐️|hand with fingers splayed|raised_hand_with_fingers_splayed|finger stop|t
✋|raised hand|hand raised_hand|5 five high stop|t
🖖|vulcan salute|vulcan_salute|finger hand hands|t
🫱|rightwards hand|rightwards_hand|handshake hold reach right rightward shake|t
🫲|leftwards hand|leftwards_hand|handshake hold left leftward reach shake|t
🫳|palm down hand|palm_down_hand|dismiss drop dropped pick shoo up|t
🫴|palm up hand|palm_up_hand|beckon catch come hold know lift me offer tell|t
🫷|leftwards pushing hand|leftwards_pushing_hand|block five halt high hold leftward pause push refuse slap stop wait|t
🫸|rightwards pushing hand|rightwards_pushing_hand|block five halt high hold pause push refuse rightward slap stop wait|t
👌|OK hand|ok_hand|awesome bet dope fleek fosho got gotcha legit okay pinch rad sure sweet three|t
🤌|pinched fingers|pinched_fingers|gesture hand hold huh interrogation patience relax sarcastic ugh what zip|t
🤏|pinching hand|pinching_hand|amount bit fingers little small sort|t
✌️|victory hand|v|peace|t
🤞|crossed fingers|crossed_fingers|cross finger hand luck|t
🫰|hand with index finger and thumb crossed|hand_with_index_finger_and_thumb_crossed|<3 expensive heart love money snap|t
🤟|love-you gesture|love_you_gesture|fingers hand ily love-you three|t
🤘|sign of the horns|metal|finger hand rock-on|t
🤙|call me hand|call_me_hand|hang loose shaka|t
👈|backhand index pointing left|point_left|finger hand|t
👉|backhand index pointing right|point_right|finger hand|t
👆|backhand index pointing up|point_up_2|finger hand|t
🖕|middle finger|fu middle_finger|hand|t
👇|backhand index pointing down|point_down|finger hand|t
☝️|index pointing up|point_up|finger hand this|t
🫵|index pointing at the viewer|index_pointing_at_the_viewer|finger hand poke you|t
👍|thumbs up|+1 thumbsup|+1 good hand like thumb yes|t
👎|thumbs down|-1 thumbsdown|-1 bad dislike good hand no nope thumb|t
✊|raised fist|fist fist_raised|clenched hand punch solidarity|t
👊|oncoming fist|facepunch fist_oncoming punch|absolutely agree boom bro bruh bump clenched correct hand knuckle pound rock ttyl|t
🤛|left-facing fist|fist_left|left-facing leftwards|t
🤜|right-facing fist|fist_right|right-facing rightwards|t
👏|clapping hands|clap|applause approval awesome congrats congratulations excited good great hand homie job nice prayed well yay|t
🙌|raising hands|raised_hands|celebration gesture hand hooray praise|t
🫶|heart hands|heart_hands|<3 love you|t
👐|open hands|open_hands|hand hug jazz swerve|t
🤲|palms up together|palms_up_together|cupped dua hands pray prayer wish|t
🤝|handshake|handshake|agreement deal hand meeting shake
🙏|folded hands|pray|appreciate ask beg blessed bow cmon five gesture hand high please thanks thx|t
✍️|writing hand|writing_hand|write|t
💅|nail polish|nail_care|bored cosmetics done makeup manicure whatever|t
🤳|selfie|selfie|camera phone|t
💪|flexed biceps|muscle|arm beast bench bodybuilder bro curls flex gains gym jacked press ripped strong weightlift|t
🦾|mechanical arm|mechanical_arm|accessibility prosthetic
🦿|mechanical leg|mechanical_leg|accessibility prosthetic
🦵|leg|leg|bent foot kick knee limb|t
🦶|foot|foot|ankle feet kick stomp|t
👂|ear|ear|body ears hear hearing listen listening sound|t
🦻|ear with hearing aid|ear_with_hearing_aid|accessibility hard|t
👃|nose|nose|body noses nosey odor smell smells|t
🧠|brain|brain|intelligent smart
🫀|anatomical heart|anatomical_heart|beat cardiology heartbeat organ pulse real red
🫁|lungs|lungs|breath breathe exhalation inhalation lung organ respiration
🦷|tooth|tooth|dentist pearly teeth white
🦴|bone|bone|bones dog skeleton wishbone
👀|eyes|eyes|body eye face googly look looking omg peep see seeing
👁️|eye|eye|1 body one
👅|tongue|tongue|body lick slurp
👄|mouth|lips|beauty body kiss kissing lipstick
🫦|biting lip|biting_lip|anxious bite fear flirt flirting kiss lipstick nervous sexy uncomfortable worried worry
👶|baby|baby|babies children goo infant newborn pregnant young|t
🧒|child|child|bright-eyed grandchild kid young younger|t
👦|boy|boy|bright-eyed child grandson kid son young younger|t
👧|girl|girl|bright-eyed child daughter granddaughter kid virgo young younger zodiac|t
🧑|person|adult||t
👱|person: blond hair|blond_haired_person|blond-haired human|t
👨|man|man|adult bro|t
🧔|person: beard|bearded_person|whiskers|t
🧔‍♂️|man: beard|man_beard|bearded whiskers|t
🧔‍♀️|woman: beard|woman_beard|bearded whiskers|t
👨‍🦰|man: red hair|red_haired_man|adult bro red hair|t
👨‍🦱|man: curly hair|curly_haired_man|adult bro curly hair|t
👨‍🦳|man: white hair|white_haired_man|adult bro white hair|t
👨‍🦲|man: bald|bald_man|adult bro|t
👩|woman|woman|adult lady|t
👩‍🦰|woman: red hair|red_haired_woman|adult lady red hair|t
🧑‍🦰|person: red hair|person_red_hair|adult red hair|t
👩‍🦱|woman: curly hair|curly_haired_woman|adult curly hair lady|t
🧑‍🦱|person: curly hair|person_curly_hair|adult curly hair|t
👩‍🦳|woman: white hair|white_haired_woman|adult lady white hair|t
🧑‍🦳|person: white hair|person_white_hair|adult white hair|t
👩‍🦲|woman: bald|bald_woman|adult lady|t
🧑‍🦲|person: bald|person_bald|adult|t
👱‍♀️|woman: blond hair|blond_haired_woman blonde_woman|blond-haired|t
👱‍♂️|man: blond hair|blond_haired_man|blond-haired|t
🧓|older person|older_adult|elderly grandparent old wise|t
👴|old man|older_man|adult bald elderly gramps grandfather grandpa wise|t
👵|old woman|older_woman|adult elderly grandma grandmother granny lady wise|t
🙍|person frowning|frowning_person|annoyed disappointed disgruntled disturbed frown frustrated gesture irritated upset|t
🙍‍♂️|man frowning|frowning_man|annoyed disappointed disgruntled disturbed frown frustrated gesture irritated upset|t
🙍‍♀️|woman frowning|frowning_woman|annoyed disappointed disgruntled disturbed frown frustrated gesture irritated upset|t
🙎|person pouting|pouting_face|disappointed downtrodden frown grimace scowl sulk upset whine|t
🙎‍♂️|man pouting|pouting_man|disappointed downtrodden frown grimace scowl sulk upset whine|t
🙎‍♀️|woman pouting|pouting_woman|disappointed downtrodden frown grimace scowl sulk upset whine|t
🙅|person gesturing NO|no_good|forbidden gesture hand not prohibit|t
🙅‍♂️|man gesturing NO|ng_man no_good_man|forbidden gesture hand not prohibit|t
🙅‍♀️|woman gesturing NO|ng_woman no_good_woman|forbidden gesture hand not prohibit|t
🙆|person gesturing OK|ok_person|exercise gesture hand omg|t
🙆‍♂️|man gesturing OK|ok_man|exercise gesture hand omg|t
🙆‍♀️|woman gesturing OK|ok_woman|exercise gesture hand omg|t
💁|person tipping hand|information_desk_person tipping_hand_person|fetch flick flip gossip sarcasm sarcastic sassy seriously whatever|t
💁‍♂️|man tipping hand|sassy_man tipping_hand_man|fetch flick flip gossip sarcasm sarcastic seriously whatever|t
💁‍♀️|woman tipping hand|sassy_woman tipping_hand_woman|fetch flick flip gossip sarcasm sarcastic seriously whatever|t
🙋|person raising hand|raising_hand|gesture here know me pick question raise|t
🙋‍♂️|man raising hand|raising_hand_man|gesture here know me pick question raise|t
🙋‍♀️|woman raising hand|raising_hand_woman|gesture here know me pick question raise|t
🧏|deaf person|deaf_person|accessibility ear gesture hear|t
🧏‍♂️|deaf man|deaf_man|accessibility ear gesture hear|t
🧏‍♀️|deaf woman|deaf_woman|accessibility ear gesture hear|t
🙇|person bowing|bow|apology ask beg favor forgive gesture meditate meditation pity regret sorry|t
🙇‍♂️|man bowing|bowing_man|apology ask beg bow favor forgive gesture meditate meditation pity regret sorry|t
🙇‍♀️|woman bowing|bowing_woman|apology ask beg bow favor forgive gesture meditate meditation pity regret sorry|t
🤦|person facepalming|facepalm|again bewilder disbelief exasperation no not oh omg shock smh|t
🤦‍♂️|man facepalming|man_facepalming|again bewilder disbelief exasperation facepalm no not oh omg shock smh|t
🤦‍♀️|woman facepalming|woman_facepalming|again bewilder disbelief exasperation facepalm no not oh omg shock smh|t
🤷|person shrugging|shrug|doubt dunno guess idk ignorance indifference knows maybe whatever who|t
🤷‍♂️|man shrugging|man_shrugging|doubt dunno guess idk ignorance indifference knows maybe shrug whatever who|t
🤷‍♀️|woman shrugging|woman_shrugging|doubt dunno guess idk ignorance indifference knows maybe shrug whatever who|t
🧑‍⚕️|health worker|health_worker|doctor healthcare nurse therapist|t
👨‍⚕️|man health worker|man_health_worker|doctor healthcare nurse therapist|t
👩‍⚕️|woman health worker|woman_health_worker|doctor healthcare nurse therapist|t
🧑‍🎓|student|student|graduate|t
👨‍🎓|man student|man_student|graduate|t
👩‍🎓|woman student|woman_student|graduate|t
🧑‍🏫|teacher|teacher|instructor lecturer professor|t
👨‍🏫|man teacher|man_teacher|instructor lecturer professor|t
👩‍🏫|woman teacher|woman_teacher|instructor lecturer professor|t
🧑‍⚖️|judge|judge|justice law scales|t
👨‍⚖️|man judge|man_judge|justice law scales|t
👩‍⚖️|woman judge|woman_judge|justice law scales|t
🧑‍🌾|farmer|farmer|gardener rancher|t
👨‍🌾|man farmer|man_farmer|gardener rancher|t
👩‍🌾|woman farmer|woman_farmer|gardener rancher|t
🧑‍🍳|cook|cook|chef|t
👨‍🍳|man cook|man_cook|chef|t
👩‍🍳|woman cook|woman_cook|chef|t
🧑‍🔧|mechanic|mechanic|electrician plumber tradesperson|t
👨‍🔧|man mechanic|man_mechanic|electrician plumber tradesperson|t
👩‍🔧|woman mechanic|woman_mechanic|electrician plumber tradesperson|t
🧑‍🏭|factory worker|factory_worker|assembly industrial|t
👨‍🏭|man factory worker|man_factory_worker|assembly industrial|t
👩‍🏭|woman factory worker|woman_factory_worker|assembly industrial|t
🧑‍💼|office worker|office_worker|architect business manager white-collar|t
👨‍💼|man office worker|man_office_worker|architect business manager white-collar|t
👩‍💼|woman office worker|woman_office_worker|architect business manager white-collar|t
🧑‍🔬|scientist|scientist|biologist chemist engineer mathematician physicist|t
👨‍🔬|man scientist|man_scientist|biologist chemist engineer mathematician physicist|t
👩‍🔬|woman scientist|woman_scientist|biologist chemist engineer mathematician physicist|t
🧑‍💻|technologist|technologist|coder computer developer inventor software|t
👨‍💻|man technologist|man_technologist|coder computer developer inventor software|t
👩‍💻|woman technologist|woman_technologist|coder computer developer inventor software|t
🧑‍🎤|singer|singer|actor entertainer rock rockstar star|t
👨‍🎤|man singer|man_singer|actor entertainer rock rockstar star|t
👩‍🎤|woman singer|woman_singer|actor entertainer rock rockstar star|t
🧑‍🎨|artist|artist|palette|t
👨‍🎨|man artist|man_artist|palette|t
👩‍🎨|woman artist|woman_artist|palette|t
🧑‍✈️|pilot|pilot|plane|t
👨‍✈️|man pilot|man_pilot|plane|t
👩‍✈️|woman pilot|woman_pilot|plane|t
🧑‍🚀|astronaut|astronaut|rocket space|t
👨‍🚀|man astronaut|man_astronaut|rocket space|t
👩‍🚀|woman astronaut|woman_astronaut|rocket space|t
🧑‍🚒|firefighter|firefighter|fire firetruck|t
👨‍🚒|man firefighter|man_firefighter|fire firetruck|t
👩‍🚒|woman firefighter|woman_firefighter|fire firetruck|t
👮|police officer|cop police_officer|apprehend arrest citation law over pulled undercover|t
👮‍♂️|man police officer|policeman|apprehend arrest citation cop law over pulled undercover|t
👮‍♀️|woman police officer|policewoman|apprehend arrest citation cop law over pulled undercover|t
🕵️|detective|detective|sleuth spy|t
🕵️‍♂️|man detective|male_detective|sleuth spy|t
🕵️‍♀️|woman detective|female_detective|sleuth spy|t
💂|guard|guard|buckingham helmet london palace|t
💂‍♂️|man guard|guardsman|buckingham helmet london palace|t
💂‍♀️|woman guard|guardswoman|buckingham helmet london palace|t
🥷|ninja|ninja|assassin fight fighter hidden person secret skills sly soldier stealth war|t
👷|construction worker|construction_worker|build fix hardhat hat man person rebuild remodel repair work|t
👷‍♂️|man construction worker|construction_worker_man|build fix hardhat hat rebuild remodel repair work|t
👷‍♀️|woman construction worker|construction_worker_woman|build fix hardhat hat man rebuild remodel repair work|t
🫅|person with crown|person_with_crown|monarch noble regal royal royalty|t
🤴|prince|prince|crown fairy fairytale fantasy king royal royalty tale|t
👸|princess|princess|crown fairy fairytale fantasy queen royal royalty tale|t
👳|person wearing turban|person_with_turban||t
👳‍♂️|man wearing turban|man_with_turban||t
👳‍♀️|woman wearing turban|woman_with_turban||t
👲|person with skullcap|man_with_gua_pi_mao|cap chinese guapi hat|t
🧕|woman with headscarf|woman_with_headscarf|bandana head hijab kerchief mantilla tichel|t
🤵|person in tuxedo|person_in_tuxedo|formal wedding|t
🤵‍♂️|man in tuxedo|man_in_tuxedo|formal groom wedding|t
🤵‍♀️|woman in tuxedo|woman_in_tuxedo|formal wedding|t
👰|person with veil|person_with_veil|wedding|t
👰‍♂️|man with veil|man_with_veil|wedding|t
👰‍♀️|woman with veil|bride_with_veil woman_with_veil|wedding|t
🤰|pregnant woman|pregnant_woman||t
🫃|pregnant man|pregnant_man|belly bloated full overeat|t
🫄|pregnant person|pregnant_person|belly bloated full overeat stuffed|t
🤱|breast-feeding|breast_feeding|baby mom mother nursing woman|t
👩‍🍼|woman feeding baby|woman_feeding_baby|feed mom mother nanny newborn nursing|t
👨‍🍼|man feeding baby|man_feeding_baby|dad father feed nanny newborn nursing|t
🧑‍🍼|person feeding baby|person_feeding_baby|feed nanny newborn nursing parent|t
👼|baby angel|angel|church face fairy fairytale fantasy tale|t
🎅|Santa Claus|santa|celebration christmas fairy fantasy father holiday merry tale xmas|t
🤶|Mrs. Claus|mrs_claus|celebration christmas fairy fantasy holiday merry mother santa tale xmas|t
🧑‍🎄|Mx Claus|mx_claus|celebration christmas fairy fantasy holiday merry santa tale xmas|t
🦸|superhero|superhero|good hero superpower|t
🦸‍♂️|man superhero|superhero_man|good hero superpower|t
🦸‍♀️|woman superhero|superhero_woman|good hero heroine superpower|t
🦹|supervillain|supervillain|bad criminal evil superpower villain|t
🦹‍♂️|man supervillain|supervillain_man|bad criminal evil superpower villain|t
🦹‍♀️|woman supervillain|supervillain_woman|bad criminal evil superpower villain|t
🧙|mage|mage|fantasy magic play sorcerer sorceress sorcery spell summon witch wizard|t
🧙‍♂️|man mage|mage_man|fantasy magic play sorcerer sorceress sorcery spell summon witch wizard|t
🧙‍♀️|woman mage|mage_woman|fantasy magic play sorcerer sorceress sorcery spell summon witch wizard|t
🧚|fairy|fairy|fairytale fantasy myth person pixie tale wings|t
🧚‍♂️|man fairy|fairy_man|fairytale fantasy myth oberon person pixie puck tale wings|t
🧚‍♀️|woman fairy|fairy_woman|fairytale fantasy myth person pixie tale titania wings|t
🧛|vampire|vampire|blood dracula fangs halloween scary supernatural teeth undead|t
🧛‍♂️|man vampire|vampire_man|blood fangs halloween scary supernatural teeth undead|t
🧛‍♀️|woman vampire|vampire_woman|blood fangs halloween scary supernatural teeth undead|t
🧜|merperson|merperson|creature fairytale folklore ocean sea siren trident|t
🧜‍♂️|merman|merman|creature fairytale folklore neptune ocean poseidon sea siren trident triton|t
🧜‍♀️|mermaid|mermaid|creature fairytale folklore merwoman ocean sea siren trident|t
🧝|elf|elf|elves enchantment fantasy folklore magic magical myth|t
🧝‍♂️|man elf|elf_man|elves enchantment fantasy folklore magic magical myth|t
🧝‍♀️|woman elf|elf_woman|elves enchantment fantasy folklore magic magical myth|t
🧞|genie|genie|djinn fantasy jinn lamp myth rub wishes
🧞‍♂️|man genie|genie_man|djinn fantasy jinn lamp myth rub wishes
🧞‍♀️|woman genie|genie_woman|djinn fantasy jinn lamp myth rub wishes
🧟|zombie|zombie|apocalypse dead halloween horror scary undead walking
🧟‍♂️|man zombie|zombie_man|apocalypse dead halloween horror scary undead walking
🧟‍♀️|woman zombie|zombie_woman|apocalypse dead halloween horror scary undead walking
🧌|troll|troll|fairy fantasy monster tale trolling
💆|person getting massage|massage|face headache relax relaxing salon soothe spa tension therapy treatment|t
💆‍♂️|man getting massage|massage_man|face headache relax relaxing salon soothe spa tension therapy treatment|t
💆‍♀️|woman getting massage|massage_woman|face headache relax relaxing salon soothe spa tension therapy treatment|t
💇|person getting haircut|haircut|barber beauty chop cosmetology cut groom hair parlor shears style|t
💇‍♂️|man getting haircut|haircut_man|barber beauty chop cosmetology cut groom hair parlor person shears style|t
💇‍♀️|woman getting haircut|haircut_woman|barber beauty chop cosmetology cut groom hair parlor person shears style|t
🚶|person walking|walking|amble gait hike man pace pedestrian stride stroll walk|t
🚶‍♂️|man walking|walking_man|amble gait hike pace pedestrian stride stroll walk|t
🚶‍♀️|woman walking|walking_woman|amble gait hike man pace pedestrian stride stroll walk|t
🚶‍➡️|person walking: facing right||amble gait hike man pace pedestrian stride stroll walk|t
🚶‍♀️‍➡️|woman walking: facing right||amble gait hike man pace pedestrian stride stroll walk|t
🚶‍♂️‍➡️|man walking: facing right||amble gait hike pace pedestrian stride stroll walk|t
🧍|person standing|standing_person|stand|t
🧍‍♂️|man standing|standing_man|stand|t
🧍‍♀️|woman standing|standing_woman|stand|t
🧎|person kneeling|kneeling_person|kneel knees|t
🧎‍♂️|man kneeling|kneeling_man|kneel knees|t
🧎‍♀️|woman kneeling|kneeling_woman|kneel knees|t
🧎‍➡️|person kneeling: facing right||kneel knees|t
🧎‍♀️‍➡️|woman kneeling: facing right||kneel knees|t
🧎‍♂️‍➡️|man kneeling: facing right||kneel knees|t
🧑‍🦯|person with white cane|person_with_probing_cane|accessibility blind|t
🧑‍🦯‍➡️|person with white cane: facing right||accessibility blind probing|t
👨‍🦯|man with white cane|man_with_probing_cane|accessibility blind|t
👨‍🦯‍➡️|man with white cane: facing right||accessibility blind probing|t
👩‍🦯|woman with white cane|woman_with_probing_cane|accessibility blind|t
👩‍🦯‍➡️|woman with white cane: facing right||accessibility blind probing|t
🧑‍🦼|person in motorized wheelchair|person_in_motorized_wheelchair|accessibility|t
🧑‍🦼‍➡️|person in motorized wheelchair: facing right||accessibility|t
👨‍🦼|man in motorized wheelchair|man_in_motorized_wheelchair|accessibility|t
👨‍🦼‍➡️|man in motorized wheelchair: facing right||accessibility|t
👩‍🦼|woman in motorized wheelchair|woman_in_motorized_wheelchair|accessibility|t
👩‍🦼‍➡️|woman in motorized wheelchair: facing right||accessibility|t
🧑‍🦽|person in manual wheelchair|person_in_manual_wheelchair|accessibility|t
🧑‍🦽‍➡️|person in manual wheelchair: facing right||accessibility|t
👨‍🦽|man in manual wheelchair|man_in_manual_wheelchair|accessibility|t
👨‍🦽‍➡️|man in manual wheelchair: facing right||accessibility|t
👩‍🦽|woman in manual wheelchair|woman_in_manual_wheelchair|accessibility|t
👩‍🦽‍➡️|woman in manual wheelchair: facing right||accessibility|t
🏃|person running|runner running|fast hurry marathon move quick race racing run rush speed|t
🏃‍♂️|man running|running_man|fast hurry marathon move quick race racing run rush speed|t
🏃‍♀️|woman running|running_woman|fast hurry marathon move quick race racing run rush speed|t
🏃‍➡️|person running: facing right||fast hurry marathon move quick race racing run rush speed|t
🏃‍♀️‍➡️|woman running: facing right||fast hurry marathon move quick race racing run rush speed|t
🏃‍♂️‍➡️|man running: facing right||fast hurry marathon move quick race racing run rush speed|t
💃|woman dancing|dancer woman_dancing|dance elegant festive flair flamenco groove let’s salsa tango|t
🕺|man dancing|man_dancing|dance dancer elegant festive flair flamenco groove let’s salsa tango|t
🕴️|person in suit levitating|business_suit_levitating||t
👯|people with bunny ears|dancers|bestie bff counterpart dancer double ear identical pair party partying soulmate twin twinsies
👯‍♂️|men with bunny ears|dancing_men|bestie bff counterpart dancer double ear identical pair party partying people soulmate twin twinsies
👯‍♀️|women with bunny ears|dancing_women|bestie bff counterpart dancer double ear identical pair party partying people soulmate twin twinsies
🧖|person in steamy room|sauna_person|day luxurious pamper relax spa steam steambath unwind|t
🧖‍♂️|man in steamy room|sauna_man|day luxurious pamper relax spa steam steambath unwind|t
🧖‍♀️|woman in steamy room|sauna_woman|day luxurious pamper relax spa steam steambath unwind|t
🧗|person climbing|climbing|climb climber mountain rock scale up|t
🧗‍♂️|man climbing|climbing_man|climb climber mountain rock scale up|t
🧗‍♀️|woman climbing|climbing_woman|climb climber mountain rock scale up|t
🤺|person fencing|person_fencing|fencer sword
🏇|horse racing|horse_racing|jockey racehorse riding sport|t
⛷️|skier|skier|ski snow
🏂|snowboarder|snowboarder|ski snow snowboard sport|t
🏌️|person golfing|golfing|ball birdie caddy driving golf green pga putt range tee|t
🏌️‍♂️|man golfing|golfing_man|ball birdie caddy driving golf green pga putt range tee|t
🏌️‍♀️|woman golfing|golfing_woman|ball birdie caddy driving golf green pga putt range tee|t
🏄|person surfing|surfer|beach ocean sport surf swell waves|t
🏄‍♂️|man surfing|surfing_man|beach ocean sport surf surfer swell waves|t
🏄‍♀️|woman surfing|surfing_woman|beach ocean person sport surf surfer swell waves|t
🚣|person rowing boat|rowboat|canoe cruise fishing lake oar paddle raft river row|t
🚣‍♂️|man rowing boat|rowing_man|canoe cruise fishing lake oar paddle raft river row rowboat|t
🚣‍♀️|woman rowing boat|rowing_woman|canoe cruise fishing lake oar paddle raft river row rowboat|t
🏊|person swimming|swimmer|freestyle sport swim triathlon|t
🏊‍♂️|man swimming|swimming_man|freestyle sport swim swimmer triathlon|t
🏊‍♀️|woman swimming|swimming_woman|freestyle man sport swim swimmer triathlon|t
⛹️|person bouncing ball|bouncing_ball_person|athletic basketball championship dribble net player throw|t
⛹️‍♂️|man bouncing ball|basketball_man bouncing_ball_man|athletic championship dribble net player throw|t
⛹️‍♀️|woman bouncing ball|basketball_woman bouncing_ball_woman|athletic championship dribble net player throw|t
🏋️|person lifting weights|weight_lifting|barbell bodybuilder deadlift lifter powerlifting weightlifter workout|t
🏋️‍♂️|man lifting weights|weight_lifting_man|barbell bodybuilder deadlift lifter powerlifting weightlifter workout|t
🏋️‍♀️|woman lifting weights|weight_lifting_woman|barbell bodybuilder deadlift lifter powerlifting weightlifter workout|t
🚴|person biking|bicyclist|bicycle bike cycle cyclist riding sport|t
🚴‍♂️|man biking|biking_man|bicycle bicyclist bike cycle cyclist riding sport|t
🚴‍♀️|woman biking|biking_woman|bicycle bicyclist bike cycle cyclist riding sport|t
🚵|person mountain biking|mountain_bicyclist|bicycle bike cycle cyclist riding sport|t
🚵‍♂️|man mountain biking|mountain_biking_man|bicycle bicyclist bike cycle cyclist riding sport|t
🚵‍♀️|woman mountain biking|mountain_biking_woman|bicycle bicyclist bike cycle cyclist riding sport|t
🤸|person cartwheeling|cartwheeling|active cartwheel excited flip gymnastics happy somersault|t
🤸‍♂️|man cartwheeling|man_cartwheeling|active cartwheel excited flip gymnastics happy somersault|t
🤸‍♀️|woman cartwheeling|woman_cartwheeling|active cartwheel excited flip gymnastics happy somersault|t
🤼|people wrestling|wrestling|combat duel grapple ring tournament wrestle
🤼‍♂️|men wrestling|men_wrestling|combat duel grapple ring tournament wrestle
🤼‍♀️|women wrestling|women_wrestling|combat duel grapple ring tournament wrestle
🤽|person playing water polo|water_polo|sport swimming waterpolo|t
🤽‍♂️|man playing water polo|man_playing_water_polo|sport swimming waterpolo|t
🤽‍♀️|woman playing water polo|woman_playing_water_polo|sport swimming waterpolo|t
🤾|person playing handball|handball_person|athletics ball catch chuck hurl lob pitch sport throw toss|t
🤾‍♂️|man playing handball|man_playing_handball|athletics ball catch chuck hurl lob pitch sport throw toss|t
🤾‍♀️|woman playing handball|woman_playing_handball|athletics ball catch chuck hurl lob pitch sport throw toss|t
🤹|person juggling|juggling_person|act balance balancing handle juggle manage multitask skill|t
🤹‍♂️|man juggling|man_juggling|act balance balancing handle juggle manage multitask skill|t
🤹‍♀️|woman juggling|woman_juggling|act balance balancing handle juggle manage multitask skill|t
🧘|person in lotus position|lotus_position|cross legged legs meditation peace relax serenity yoga yogi zen|t
🧘‍♂️|man in lotus position|lotus_position_man|cross legged legs meditation peace relax serenity yoga yogi zen|t
🧘‍♀️|woman in lotus position|lotus_position_woman|cross legged legs meditation peace relax serenity yoga yogi zen|t
🛀|person taking bath|bath|bathtub tub|t
🛌|person in bed|sleeping_bed|bedtime good goodnight hotel nap night sleep tired zzz|t
🧑‍🤝‍🧑|people holding hands|people_holding_hands|bae bestie bff couple dating flirt friends hand hold twins
👭|women holding hands|two_women_holding_hands|bae bestie bff couple dating flirt friends girls hand hold sisters twins
👫|woman and man holding hands|couple|bae bestie bff dating flirt friends hand hold twins
👬|men holding hands|two_men_holding_hands|bae bestie bff boys brothers couple dating flirt friends hand hold twins
💏|kiss|couplekiss|anniversary babe bae couple date dating heart love mwah person romance together xoxo
👩‍❤️‍💋‍👨|kiss: woman, man|couplekiss_man_woman|anniversary babe bae couple date dating heart love mwah person romance together xoxo
👨‍❤️‍💋‍👨|kiss: man, man|couplekiss_man_man|anniversary babe bae couple date dating heart love mwah person romance together xoxo
👩‍❤️‍💋‍👩|kiss: woman, woman|couplekiss_woman_woman|anniversary babe bae couple date dating heart love mwah person romance together xoxo
💑|couple with heart|couple_with_heart|anniversary babe bae dating kiss love person relationship romance together you
👩‍❤️‍👨|couple with heart: woman, man|couple_with_heart_woman_man|anniversary babe bae dating kiss love person relationship romance together you
👨‍❤️‍👨|couple with heart: man, man|couple_with_heart_man_man|anniversary babe bae dating kiss love person relationship romance together you
👩‍❤️‍👩|couple with heart: woman, woman|couple_with_heart_woman_woman|anniversary babe bae dating kiss love person relationship romance together you
👨‍👩‍👦|family: man, woman, boy|family_man_woman_boy|child
👨‍👩‍👧|family: man, woman, girl|family_man_woman_girl|child
👨‍👩‍👧‍👦|family: man, woman, girl, boy|family_man_woman_girl_boy|child
👨‍👩‍👦‍👦|family: man, woman, boy, boy|family_man_woman_boy_boy|child
👨‍👩‍👧‍👧|family: man, woman, girl, girl|family_man_woman_girl_girl|child
👨‍👨‍👦|family: man, man, boy|family_man_man_boy|child
👨‍👨‍👧|family: man, man, girl|family_man_man_girl|child
👨‍👨‍👧‍👦|family: man, man, girl, boy|family_man_man_girl_boy|child
👨‍👨‍👦‍👦|family: man, man, boy, boy|family_man_man_boy_boy|child
👨‍👨‍👧‍👧|family: man, man, girl, girl|family_man_man_girl_girl|child
👩‍👩‍👦|family: woman, woman, boy|family_woman_woman_boy|child
👩‍👩‍👧|family: woman, woman, girl|family_woman_woman_girl|child
👩‍👩‍👧‍👦|family: woman, woman, girl, boy|family_woman_woman_girl_boy|child
👩‍👩‍👦‍👦|family: woman, woman, boy, boy|family_woman_woman_boy_boy|child
👩‍👩‍👧‍👧|family: woman, woman, girl, girl|family_woman_woman_girl_girl|child
👨‍👦|family: man, boy|family_man_boy|child
👨‍👦‍👦|family: man, boy, boy|family_man_boy_boy|child
👨‍👧|family: man, girl|family_man_girl|child
👨‍👧‍👦|family: man, girl, boy|family_man_girl_boy|child
👨‍👧‍👧|family: man, girl, girl|family_man_girl_girl|child
👩‍👦|family: woman, boy|family_woman_boy|child
👩‍👦‍👦|family: woman, boy, boy|family_woman_boy_boy|child
👩‍👧|family: woman, girl|family_woman_girl|child
👩‍👧‍👦|family: woman, girl, boy|family_woman_girl_boy|child
👩‍👧‍👧|family: woman, girl, girl|family_woman_girl_girl|child
🗣️|speaking head|speaking_head|face silhouette speak
👤|bust in silhouette|bust_in_silhouette|mysterious shadow
👥|busts in silhouette|busts_in_silhouette|bff bust everyone friend friends people
🫂|people hugging|people_hugging|comfort embrace farewell friendship goodbye hello hug love thanks
👪|family|family|child
🧑‍🧑‍🧒|family: adult, adult, child
🧑‍🧑‍🧒‍🧒|family: adult, adult, child, child
🧑‍🧒|family: adult, child
🧑‍🧒‍🧒|family: adult, child, child
👣|footprints|footprints|barefoot clothing footprint omw print walk
# Animals and nature
🐵|monkey face|monkey_face|animal banana
🐒|monkey|monkey|animal banana
🦍|gorilla|gorilla|animal
🦧|orangutan|orangutan|animal ape monkey
🐶|dog face|dog|adorbs animal pet puppies puppy
🐕|dog|dog2|animal animals dogs pet
🦮|guide dog|guide_dog|accessibility animal blind
🐕‍🦺|service dog|service_dog|accessibility animal assistance
🐩|poodle|poodle|animal dog fluffy
🐺|wolf|wolf|animal face
🦊|fox|fox_face|animal
🦝|raccoon|raccoon|animal curious sly
🐱|cat face|cat|animal kitten kitty pet
🐈|cat|cat2|animal animals cats kitten pet
🐈‍⬛|black cat|black_cat|animal feline halloween meow unlucky
🦁|lion|lion|alpha animal face leo mane order rawr roar safari strong zodiac
🐯|tiger face|tiger|animal big cat predator
🐅|tiger|tiger2|animal big cat predator zoo
🐆|leopard|leopard|animal big cat predator zoo
🐴|horse face|horse|animal dressage equine farm horses
🫎|moose|moose|alces animal antlers elk mammal
🫏|donkey|donkey|animal ass burro hinny mammal mule stubborn
🐎|horse|racehorse|animal equestrian farm racing
🦄|unicorn|unicorn|face
🦓|zebra|zebra|animal stripe
🦌|deer|deer|animal
🦬|bison|bison|animal buffalo herd wisent
🐮|cow face|cow|animal farm milk moo
🐂|ox|ox|animal animals bull farm taurus zodiac
🐃|water buffalo|water_buffalo|animal zoo
🐄|cow|cow2|animal animals farm milk moo
🐷|pig face|pig|animal bacon farm pork
🐖|pig|pig2|animal bacon farm pork sow
🐗|boar|boar|animal pig
🐽|pig nose|pig_nose|animal face farm smell snout
🐏|ram|ram|animal aries horns male sheep zodiac zoo
🐑|ewe|sheep|animal baa farm female fluffy lamb wool
🐐|goat|goat|animal capricorn farm milk zodiac
🐪|camel|dromedary_camel|animal desert hump one
🐫|two-hump camel|camel|animal bactrian desert two-hump
🦙|llama|llama|alpaca animal guanaco vicuña wool
🦒|giraffe|giraffe|animal spots
🐘|elephant|elephant|animal
🦣|mammoth|mammoth|animal extinction large tusk wooly
🦏|rhinoceros|rhinoceros|animal
🦛|hippopotamus|hippopotamus|animal hippo
🐭|mouse face|mouse|animal
🐁|mouse|mouse2|animal animals
🐀|rat|rat|animal
🐹|hamster|hamster|animal face pet
🐰|rabbit face|rabbit|animal bunny pet
🐇|rabbit|rabbit2|animal bunny pet
🐿️|chipmunk|chipmunk|animal squirrel
🦫|beaver|beaver|animal dam teeth
🦔|hedgehog|hedgehog|animal spiny
🦇|bat|bat|animal vampire
🐻|bear|bear|animal face grizzly growl honey
🐻‍❄️|polar bear|polar_bear|animal arctic white
🐨|koala|koala|animal australia bear down face marsupial under
🐼|panda|panda_face|animal bamboo
🦥|sloth|sloth|lazy slow
🦦|otter|otter|animal fishing playful
🦨|skunk|skunk|animal stink
🦘|kangaroo|kangaroo|animal joey jump marsupial
🦡|badger|badger|animal honey pester
🐾|paw prints|feet paw_prints|paws print
🦃|turkey|turkey|bird gobble thanksgiving
🐔|chicken|chicken|animal bird ornithology
🐓|rooster|rooster|animal bird ornithology
🐣|hatching chick|hatching_chick|animal baby bird egg
🐤|baby chick|baby_chick|animal bird ornithology
🐥|front-facing baby chick|hatched_chick|animal bird front-facing newborn ornithology
🐦|bird|bird|animal ornithology
🐧|penguin|penguin|animal antarctica bird ornithology
🕊️|dove|dove|bird fly ornithology peace
🦅|eagle|eagle|animal bird ornithology
🦆|duck|duck|animal bird ornithology
🦢|swan|swan|animal bird cygnet duckling ornithology ugly
🦉|owl|owl|animal bird ornithology wise
🦤|dodo|dodo|animal bird extinction large ornithology
🪶|feather|feather|bird flight light plumage
🦩|flamingo|flamingo|animal bird flamboyant ornithology tropical
🦚|peacock|peacock|animal bird colorful ornithology ostentatious peahen pretty proud
🦜|parrot|parrot|animal bird ornithology pirate talk
🪽|wing|wing|angelic ascend aviation bird fly flying heavenly mythology soar
🐦‍⬛|black bird|black_bird|animal beak caw corvid crow ornithology raven rook
🪿|goose|goose|animal bird duck flock fowl gaggle gander geese honk ornithology silly
🐦‍🔥|phoenix||ascend ascension emerge fantasy firebird glory immortal rebirth reincarnation reinvent renewal revival revive rise transform
🐸|frog|frog|animal face
🐊|crocodile|crocodile|animal zoo
🐢|turtle|turtle|animal terrapin tortoise
🦎|lizard|lizard|animal reptile
🐍|snake|snake|animal bearer ophiuchus serpent zodiac
🐲|dragon face|dragon_face|animal fairy fairytale tale
🐉|dragon|dragon|animal fairy fairytale knights tale
🦕|sauropod|sauropod|brachiosaurus brontosaurus dinosaur diplodocus
🦖|T-Rex|t-rex|dinosaur t-rex tyrannosaurus
🐳|spouting whale|whale|animal beach face ocean
🐋|whale|whale2|animal beach ocean
🐬|dolphin|dolphin flipper|animal beach ocean
🦭|seal|seal|animal lion ocean sea
🐟|fish|fish|animal dinner fishes fishing pisces zodiac
🐠|tropical fish|tropical_fish|animal fishes
🐡|blowfish|blowfish|animal fish
🦈|shark|shark|animal fish
🐙|octopus|octopus|animal creature ocean
🐚|spiral shell|shell|animal beach conch sea
🪸|coral|coral|change climate ocean reef sea
🪼|jellyfish|jellyfish|animal aquarium burn invertebrate jelly life marine ocean ouch plankton sea sting stinger tentacles
🦀|crab|crab|cancer zodiac
🦞|lobster|lobster|animal bisque claws seafood
🦐|shrimp|shrimp|food shellfish small
🦑|squid|squid|animal food mollusk
🦪|oyster|oyster|diving pearl
🐌|snail|snail|animal escargot garden nature slug
🦋|butterfly|butterfly|insect pretty
🐛|bug|bug|animal garden insect
🐜|ant|ant|animal garden insect
🐝|honeybee|bee honeybee|animal bumblebee honey insect nature spring
🪲|beetle|beetle|animal bug insect
🐞|lady beetle|lady_beetle|animal garden insect ladybird ladybug nature
🦗|cricket|cricket|animal bug grasshopper insect orthoptera
🪳|cockroach|cockroach|animal insect pest roach
🕷️|spider|spider|animal insect
🕸️|spider web|spider_web
🦂|scorpion|scorpion|scorpio scorpius zodiac
🦟|mosquito|mosquito|bite disease fever insect malaria pest virus
🪰|fly|fly|animal disease insect maggot pest rotting
🪱|worm|worm|animal annelid earthworm parasite
🦠|microbe|microbe|amoeba bacteria science virus
💐|bouquet|bouquet|anniversary birthday date flower love plant romance
🌸|cherry blossom|cherry_blossom|flower plant spring springtime
💮|white flower|white_flower
🪷|lotus|lotus|beauty buddhism calm flower hinduism peace purity serenity
🏵️|rosette|rosette|plant
🌹|rose|rose|beauty elegant flower love plant red valentine
🥀|wilted flower|wilted_flower|dying
🌺|hibiscus|hibiscus|flower plant
🌻|sunflower|sunflower|flower outdoors plant sun
🌼|blossom|blossom|buttercup dandelion flower plant
🌷|tulip|tulip|blossom flower growth plant
🪻|hyacinth|hyacinth|bloom bluebonnet flower indigo lavender lilac lupine plant purple shrub snapdragon spring violet
🌱|seedling|seedling|plant sapling sprout young
🪴|potted plant|potted_plant|decor grow house nurturing pot
🌲|evergreen tree|evergreen_tree|christmas forest pine
🌳|deciduous tree|deciduous_tree|forest green habitat shedding
🌴|palm tree|palm_tree|beach plant tropical
🌵|cactus|cactus|desert drought nature plant
🌾|sheaf of rice|ear_of_rice|grain grains plant
🌿|herb|herb|leaf plant
☘️|shamrock|shamrock|irish plant
🍀|four leaf clover|four_leaf_clover|4 four-leaf irish lucky plant
🍁|maple leaf|maple_leaf|falling
🍂|fallen leaf|fallen_leaf|autumn fall falling
🍃|leaf fluttering in wind|leaves|blow flutter
🪹|empty nest|empty_nest|branch home nesting
🪺|nest with eggs|nest_with_eggs|bird branch egg nesting
🍄|mushroom|mushroom|fungus toadstool
# Food and drink
🍇|grapes|grapes|dionysus fruit grape
🍈|melon|melon|cantaloupe fruit
🍉|watermelon|watermelon|fruit
🍊|tangerine|mandarin orange tangerine|c citrus fruit nectarine vitamin
🍋|lemon|lemon|citrus fruit sour
🍋‍🟩|lime||acidity citrus cocktail fruit garnish key margarita mojito refreshing salsa sour tangy tequila tropical zest
🍌|banana|banana|fruit potassium
🍍|pineapple|pineapple|colada fruit pina tropical
🥭|mango|mango|food fruit tropical
🍎|red apple|apple|diet food fruit health ripe
🍏|green apple|green_apple|fruit
🍐|pear|pear|fruit
🍑|peach|peach|fruit
🍒|cherries|cherries|berries cherry fruit red
🍓|strawberry|strawberry|berry fruit
🫐|blueberries|blueberries|berries berry bilberry blue blueberry food fruit
🥝|kiwi fruit|kiwi_fruit|food
🍅|tomato|tomato|food fruit vegetable
🫒|olive|olive|food
🥥|coconut|coconut|colada palm piña
🥑|avocado|avocado|food fruit
🍆|eggplant|eggplant|aubergine vegetable
🥔|potato|potato|food vegetable
🥕|carrot|carrot|food vegetable
🌽|ear of corn|corn|crops farm maize maze
🌶️|hot pepper|hot_pepper
🫑|bell pepper|bell_pepper|capsicum food vegetable
🥒|cucumber|cucumber|food pickle vegetable
🥬|leafy green|leafy_green|bok burgers cabbage choy kale lettuce salad
🥦|broccoli|broccoli|cabbage wild
🧄|garlic|garlic|flavoring
🧅|onion|onion|flavoring
🥜|peanuts|peanuts|food nut peanut vegetable
🫘|beans|beans|food kidney legume small
🌰|chestnut|chestnut|almond plant
🫚|ginger root|ginger_root|beer health herb natural spice
🫛|pea pod|pea_pod|beans beanstalk edamame legume soybean vegetable veggie
🍄‍🟫|brown mushroom||food fungi fungus nature pizza portobello shiitake shroom spore sprout toppings truffle vegetable vegetarian veggie
🍞|bread|bread|carbs food grain loaf restaurant toast wheat
🥐|croissant|croissant|bread breakfast crescent food french roll
🥖|baguette bread|baguette_bread|food french
🫓|flatbread|flatbread|arepa bread food gordita lavash naan pita
🥨|pretzel|pretzel|convoluted twisted
🥯|bagel|bagel|bakery bread breakfast schmear
🥞|pancakes|pancakes|breakfast crêpe food hotcake pancake
🧇|waffle|waffle|breakfast indecisive iron
🧀|cheese wedge|cheese
🍖|meat on bone|meat_on_bone
🍗|poultry leg|poultry_leg|bone chicken drumstick hungry turkey
🥩|cut of meat|cut_of_meat|chop lambchop porkchop red steak
🥓|bacon|bacon|breakfast food meat
🍔|hamburger|hamburger|burger eat fast food hungry
🍟|french fries|fries|fast food
🍕|pizza|pizza|cheese food hungry pepperoni slice
🌭|hot dog|hotdog|frankfurter sausage
🥪|sandwich|sandwich|bread
🌮|taco|taco|mexican
🌯|burrito|burrito|mexican wrap
🫔|tamale|tamale|food mexican pamonha wrapped
🥙|stuffed flatbread|stuffed_flatbread|falafel food gyro kebab
🧆|falafel|falafel|chickpea meatball
🥚|egg|egg|breakfast food
🍳|cooking|fried_egg|breakfast easy fry frying over pan restaurant side sunny up
🥘|shallow pan of food|shallow_pan_of_food|casserole paella
🍲|pot of food|stew|soup
🫕|fondue|fondue|cheese chocolate food melted pot ski
🥣|bowl with spoon|bowl_with_spoon|breakfast cereal congee oatmeal porridge
🥗|green salad|green_salad|food
🍿|popcorn|popcorn|corn movie pop
🧈|butter|butter|dairy
🧂|salt|salt|condiment flavor mad salty shaker taste upset
🥫|canned food|canned_food|can
🍱|bento box|bento|food
🍘|rice cracker|rice_cracker|food
🍙|rice ball|rice_ball|food japanese
🍚|cooked rice|rice|food
🍛|curry rice|curry|food
🍜|steaming bowl|ramen|chopsticks food noodle pho soup
🍝|spaghetti|spaghetti|food meatballs pasta restaurant
🍠|roasted sweet potato|sweet_potato|food
🍢|oden|oden|food kebab restaurant seafood skewer stick
🍣|sushi|sushi|food
🍤|fried shrimp|fried_shrimp|prawn tempura
🍥|fish cake with swirl|fish_cake|food pastry restaurant
🥮|moon cake|moon_cake|autumn festival yuèbǐng
🍡|dango|dango|dessert japanese skewer stick sweet
🥟|dumpling|dumpling|empanada gyōza jiaozi pierogi potsticker
🥠|fortune cookie|fortune_cookie|prophecy
🥡|takeout box|takeout_box|chopsticks delivery food oyster pail
🍦|soft ice cream|icecream|dessert food restaurant serve sweet
🍧|shaved ice|shaved_ice|dessert restaurant sweet
🍨|ice cream|ice_cream|dessert food restaurant sweet
🍩|doughnut|doughnut|breakfast dessert donut food sweet
🍪|cookie|cookie|chip chocolate dessert sweet
🎂|birthday cake|birthday|bday celebration dessert happy pastry sweet
🍰|shortcake|cake|dessert pastry slice sweet
🧁|cupcake|cupcake|bakery dessert sprinkles sugar sweet treat
🥧|pie|pie|apple filling fruit meat pastry pumpkin slice
🍫|chocolate bar|chocolate_bar|candy dessert halloween sweet tooth
🍬|candy|candy|cavities dessert halloween restaurant sweet tooth wrapper
🍭|lollipop|lollipop|candy dessert food restaurant sweet
🍮|custard|custard|dessert pudding sweet
🍯|honey pot|honey_pot|barrel bear food honeypot jar sweet
🍼|baby bottle|baby_bottle|babies birth born drink infant milk newborn
🥛|glass of milk|milk_glass|drink
☕|hot beverage|coffee|cafe caffeine chai drink morning steaming tea
🫖|teapot|teapot|brew drink food pot tea
🍵|teacup without handle|tea|beverage cup drink oolong
🍶|sake|sake|bar beverage bottle cup drink restaurant
🍾|bottle with popping cork|champagne|bar drink
🍷|wine glass|wine_glass|alcohol bar beverage booze club drink drinking drinks restaurant
🍸|cocktail glass|cocktail|alcohol bar booze club drink drinking drinks mad martini men
🍹|tropical drink|tropical_drink|alcohol bar booze club cocktail drinking drinks drunk mai party tai tropics
🍺|beer mug|beer|alcohol ale bar booze drink drinking drinks octoberfest oktoberfest pint stein summer
🍻|clinking beer mugs|beers|alcohol bar booze bottoms cheers clink drinking drinks
🥂|clinking glasses|clinking_glasses|celebrate clink drink glass
🥃|tumbler glass|tumbler_glass|liquor scotch shot whiskey whisky
🫗|pouring liquid|pouring_liquid|accident drink empty glass oops pour spill water
🥤|cup with straw|cup_with_straw|drink juice malt soda soft water
🧋|bubble tea|bubble_tea|boba food milk pearl
🧃|beverage box|beverage_box|juice straw sweet
🧉|mate|mate|drink
🧊|ice|ice_cube|cold iceberg
🥢|chopsticks|chopsticks|hashi jeotgarak kuaizi
🍽️|fork and knife with plate|plate_with_cutlery|cooking dinner eat
🍴|fork and knife|fork_and_knife|breakfast breaky cooking cutlery delicious dinner eat feed food hungry lunch restaurant yum yummy
🥄|spoon|spoon|eat tableware
🔪|kitchen knife|hocho knife|chef cooking tool weapon
🫙|jar|jar|condiment container empty nothing sauce store
🏺|amphora|amphora|aquarius cooking drink jug tool weapon zodiac
# Travel and places
🌍|globe showing Europe-Africa|earth_africa|europe-africa world
🌎|globe showing Americas|earth_americas|world
🌏|globe showing Asia-Australia|earth_asia|asia-australia world
🌐|globe with meridians|globe_with_meridians|earth internet web world worldwide
🗺️|world map|world_map
🗾|map of Japan|japan
🧭|compass|compass|direction magnetic navigation orienteering
🏔️|snow-capped mountain|mountain_snow|cold snow-capped
⛰️|mountain|mountain
🌋|volcano|volcano|eruption mountain nature
🗻|mount fuji|mount_fuji|mountain nature
🏕️|camping|camping
🏖️|beach with umbrella|beach_umbrella
🏜️|desert|desert
🏝️|desert island|desert_island
🏞️|national park|national_park
🏟️|stadium|stadium
🏛️|classical building|classical_building
🏗️|building construction|building_construction|crane
🧱|brick|bricks|clay mortar wall
🪨|rock|rock|boulder heavy solid stone tough
🪵|wood|wood|log lumber timber
🛖|hut|hut|home house roundhouse shelter yurt
🏘️|houses|houses|house
🏚️|derelict house|derelict_house|home
🏠|house|house|building country heart home ranch settle simple suburban suburbia where
🏡|house with garden|house_with_garden|building country heart home ranch settle simple suburban suburbia where
🏢|office building|office|city cubical job
🏣|Japanese post office|post_office|building
🏤|post office|european_post_office|building
🏥|hospital|hospital|building doctor medicine
🏦|bank|bank|building
🏨|hotel|hotel|building
🏩|love hotel|love_hotel|building
🏪|convenience store|convenience_store|24 building hours
🏫|school|school|building
🏬|department store|department_store|building
🏭|factory|factory|building
🏯|Japanese castle|japanese_castle|building
🏰|castle|european_castle|building
💒|wedding|wedding|chapel hitched nuptials romance
🗼|Tokyo tower|tokyo_tower
🗽|Statue of Liberty|statue_of_liberty|new ny nyc york
⛪|church|church|bless chapel christian cross religion
🕌|mosque|mosque|islam masjid muslim religion
🛕|hindu temple|hindu_temple
🕍|synagogue|synagogue|jew jewish judaism religion temple
⛩️|shinto shrine|shinto_shrine|religion
🕋|kaaba|kaaba|hajj islam muslim religion umrah
⛲|fountain|fountain
⛺|tent|tent|camping
🌁|foggy|foggy|fog
🌃|night with stars|night_with_stars|star
🏙️|cityscape|cityscape|city
🌄|sunrise over mountains|sunrise_over_mountains|morning sun
🌅|sunrise|sunrise|morning nature sun
🌆|cityscape at dusk|city_sunset|building evening landscape sun
🌇|sunset|city_sunrise|building dusk sun
🌉|bridge at night|bridge_at_night
♨️|hot springs|hotsprings|steaming
🎠|carousel horse|carousel_horse|entertainment
🛝|playground slide|playground_slide|amusement park play playing sliding theme
🎡|ferris wheel|ferris_wheel|amusement park theme
🎢|roller coaster|roller_coaster|amusement park theme
💈|barber pole|barber|cut fresh haircut shave
🎪|circus tent|circus_tent
🚂|locomotive|steam_locomotive|caboose engine railway train trains travel
🚃|railway car|railway_car|electric train tram travel trolleybus
🚄|high-speed train|bullettrain_side|high-speed railway shinkansen
🚅|bullet train|bullettrain_front|high-speed nose railway shinkansen speed travel
🚆|train|train2|arrived choo railway
🚇|metro|metro|subway travel
🚈|light rail|light_rail|arrived monorail railway
🚉|station|station|railway train
🚊|tram|tram|trolleybus
🚝|monorail|monorail|vehicle
🚞|mountain railway|mountain_railway|car trip
🚋|tram car|train|bus trolley trolleybus
🚌|bus|bus|school vehicle
🚍|oncoming bus|oncoming_bus|cars
🚎|trolleybus|trolleybus|bus tram trolley
🚐|minibus|minibus|bus drive van vehicle
🚑|ambulance|ambulance|emergency vehicle
🚒|fire engine|fire_engine|truck
🚓|police car|police_car|5–0 cops patrol
🚔|oncoming police car|oncoming_police_car
🚕|taxi|taxi|cab cabbie car drive vehicle yellow
🚖|oncoming taxi|oncoming_taxi|cab cabbie cars drove hail yellow
🚗|automobile|car red_car|driving vehicle
🚘|oncoming automobile|oncoming_automobile|car cars drove vehicle
🚙|sport utility vehicle|blue_car|drive recreational sportutility
🛻|pickup truck|pickup_truck|automobile car flatbed pick-up transportation
🚚|delivery truck|truck|car drive vehicle
🚛|articulated lorry|articulated_lorry|car drive move semi truck vehicle
🚜|tractor|tractor|vehicle
🏎️|racing car|racing_car|zoom
🏍️|motorcycle|motorcycle|racing
🛵|motor scooter|motor_scooter
🦽|manual wheelchair|manual_wheelchair|accessibility
🦼|motorized wheelchair|motorized_wheelchair|accessibility
🛺|auto rickshaw|auto_rickshaw|tuk
🚲|bicycle|bike|class cycle cycling cyclist gang ride spin spinning
🛴|kick scooter|kick_scooter
🛹|skateboard|skateboard|board skate skater wheels
🛼|roller skate|roller_skate|blades skates sport
🚏|bus stop|busstop
🛣️|motorway|motorway|highway road
🛤️|railway track|railway_track|train
🛢️|oil drum|oil_drum
⛽|fuel pump|fuelpump|diesel gas gasoline station
🛞|wheel|wheel|car circle tire turn vehicle
🚨|police car light|rotating_light|alarm alert beacon emergency revolving siren
🚥|horizontal traffic light|traffic_light|intersection signal stop stoplight
🚦|vertical traffic light|vertical_traffic_light|drove intersection signal stop stoplight
🛑|stop sign|stop_sign|octagonal
🚧|construction|construction|barrier
⚓|anchor|anchor|ship tool
🛟|ring buoy|ring_buoy|float life lifesaver preserver rescue safety save saver swim
⛵|sailboat|boat sailboat|resort sailing sea yacht
🛶|canoe|canoe|boat
🚤|speedboat|speedboat|billionaire boat lake luxury millionaire summer travel
🛳️|passenger ship|passenger_ship
⛴️|ferry|ferry|boat passenger
🛥️|motor boat|motor_boat|motorboat
🚢|ship|ship|boat passenger travel
✈️|airplane|airplane|aeroplane fly flying jet plane travel
🛩️|small airplane|small_airplane|aeroplane plane
🛫|airplane departure|flight_departure|aeroplane check-in departures plane
🛬|airplane arrival|flight_arrival|aeroplane arrivals arriving landing plane
🪂|parachute|parachute|hang-glide parasail skydive
💺|seat|seat|chair
🚁|helicopter|helicopter|copter roflcopter travel vehicle
🚟|suspension railway|suspension_railway
🚠|mountain cableway|mountain_cableway|cable gondola lift ski
🚡|aerial tramway|aerial_tramway|cable car gondola ropeway
🛰️|satellite|artificial_satellite|space
🚀|rocket|rocket|launch rockets space travel
🛸|flying saucer|flying_saucer|aliens extra terrestrial ufo
🛎️|bellhop bell|bellhop_bell|hotel
🧳|luggage|luggage|bag packing roller suitcase travel
⌛|hourglass done|hourglass|sand time timer
⏳|hourglass not done|hourglass_flowing_sand|hours timer waiting yolo
⌚|watch|watch|clock time
⏰|alarm clock|alarm_clock|hours hrs late time waiting
⏱️|stopwatch|stopwatch|clock time
⏲️|timer clock|timer_clock
🕰️|mantelpiece clock|mantelpiece_clock|time
🕛|twelve o’clock|clock12|12 12:00 o’clock time
🕧|twelve-thirty|clock1230|12 12:30 30 clock time
🕐|one o’clock|clock1|1 1:00 o’clock time
🕜|one-thirty|clock130|1 1:30 30 clock time
🕑|two o’clock|clock2|2 2:00 o’clock time
🕝|two-thirty|clock230|2 2:30 30 clock time
🕒|three o’clock|clock3|3 3:00 o’clock time
🕞|three-thirty|clock330|3 30 3:30 clock time
🕓|four o’clock|clock4|4 4:00 o’clock time
🕟|four-thirty|clock430|30 4 4:30 clock time
🕔|five o’clock|clock5|5 5:00 o’clock time
🕠|five-thirty|clock530|30 5 5:30 clock time
🕕|six o’clock|clock6|6 6:00 o’clock time
🕡|six-thirty|clock630|30 6 6:30 clock
🕖|seven o’clock|clock7|0 7 7:00 o’clock
🕢|seven-thirty|clock730|30 7 7:30 clock
🕗|eight o’clock|clock8|8 8:00 o’clock time
🕣|eight-thirty|clock830|30 8 8:30 clock time
🕘|nine o’clock|clock9|9 9:00 o’clock time
🕤|nine-thirty|clock930|30 9 9:30 clock time
🕙|ten o’clock|clock10|0 10 10:00 o’clock
🕥|ten-thirty|clock1030|10 10:30 30 clock time
🕚|eleven o’clock|clock11|11 11:00 o’clock time
🕦|eleven-thirty|clock1130|11 11:30 30 clock time
🌑|new moon|new_moon|dark space
🌒|waxing crescent moon|waxing_crescent_moon|dreams space
🌓|first quarter moon|first_quarter_moon|space
🌔|waxing gibbous moon|moon waxing_gibbous_moon|space
🌕|full moon|full_moon|space
🌖|waning gibbous moon|waning_gibbous_moon|space
🌗|last quarter moon|last_quarter_moon|space
🌘|waning crescent moon|waning_crescent_moon|space
🌙|crescent moon|crescent_moon|ramadan space
🌚|new moon face|new_moon_with_face|space
🌛|first quarter moon face|first_quarter_moon_with_face|space
🌜|last quarter moon face|last_quarter_moon_with_face|dreams
🌡️|thermometer|thermometer|weather
☀️|sun|sunny|bright rays space weather
🌝|full moon face|full_moon_with_face|bright
🌞|sun with face|sun_with_face|beach bright day heat shine sunny sunshine weather
🪐|ringed planet|ringed_planet|saturn saturnine
⭐|star|star|astronomy medium stars white
🌟|glowing star|star2|glittery glow night shining sparkle win
🌠|shooting star|stars|falling night space
🌌|milky way|milky_way|space
☁️|cloud|cloud|weather
⛅|sun behind cloud|partly_sunny|cloudy weather
⛈️|cloud with lightning and rain|cloud_with_lightning_and_rain|thunder thunderstorm
🌤️|sun behind small cloud|sun_behind_small_cloud|weather
🌥️|sun behind large cloud|sun_behind_large_cloud|weather
🌦️|sun behind rain cloud|sun_behind_rain_cloud|weather
🌧️|cloud with rain|cloud_with_rain|weather
🌨️|cloud with snow|cloud_with_snow|cold weather
🌩️|cloud with lightning|cloud_with_lightning|weather
🌪️|tornado|tornado|cloud weather whirlwind
🌫️|fog|fog|cloud weather
🌬️|wind face|wind_face|blow cloud
🌀|cyclone|cyclone|dizzy hurricane twister typhoon weather
🌈|rainbow|rainbow|gay genderqueer glbt glbtq lesbian lgbt lgbtq lgbtqia nature pride queer rain trans transgender weather
🌂|closed umbrella|closed_umbrella|clothing rain
☂️|umbrella|open_umbrella|clothing rain
☔|umbrella with rain drops|umbrella|clothing drop weather
⛱️|umbrella on ground|parasol_on_ground|rain sun
⚡|high voltage|zap|danger electric electricity lightning nature thunder thunderbolt
❄️|snowflake|snowflake|cold snow weather
☃️|snowman|snowman_with_snow|cold man
⛄|snowman without snow|snowman|cold man
☄️|comet|comet|space
🔥|fire|fire|af burn flame hot lit litaf tool
💧|droplet|droplet|cold comic drop nature sad sweat tear water weather
🌊|water wave|ocean|nature surf surfer surfing
# Activities
🎃|jack-o-lantern|jack_o_lantern|celebration halloween pumpkin
🎄|Christmas tree|christmas_tree|celebration
🎆|fireworks|fireworks|boom celebration entertainment yolo
🎇|sparkler|sparkler|boom celebration fireworks sparkle
🧨|firecracker|firecracker|dynamite explosive fire fireworks light pop popping spark
✨|sparkles|sparkles|* magic sparkle star
🎈|balloon|balloon|birthday celebrate celebration
🎉|party popper|tada|awesome birthday celebrate celebration excited hooray woohoo
🎊|confetti ball|confetti_ball|celebrate celebration party woohoo
🎋|tanabata tree|tanabata_tree|banner celebration japanese
🎍|pine decoration|bamboo|celebration japanese plant
🎎|Japanese dolls|dolls|celebration doll festival
🎏|carp streamer|flags|celebration
🎐|wind chime|wind_chime|bell celebration
🎑|moon viewing ceremony|rice_scene|celebration
🧧|red envelope|red_envelope|gift good hóngbāo lai luck money see
🎀|ribbon|ribbon|celebration
🎁|wrapped gift|gift|birthday bow box celebration christmas present surprise
🎗️|reminder ribbon|reminder_ribbon|celebration
🎟️|admission tickets|tickets|ticket
🎫|ticket|ticket|admission stub
🎖️|military medal|medal_military|award celebration
🏆|trophy|trophy|champion champs prize slay sport victory win winning
🏅|sports medal|medal_sports|award gold winner
🥇|1st place medal|1st_place_medal|first gold
🥈|2nd place medal|2nd_place_medal|second silver
🥉|3rd place medal|3rd_place_medal|bronze third
⚽|soccer ball|soccer|football futbol sport
⚾|baseball|baseball|ball sport
🥎|softball|softball|ball glove sports underarm
🏀|basketball|basketball|ball hoop sport
🏐|volleyball|volleyball|ball game
🏈|american football|football|ball bowl sport super
🏉|rugby football|rugby_football|ball sport
🎾|tennis|tennis|ball racquet sport
🥏|flying disc|flying_disc|ultimate
🎳|bowling|bowling|ball game sport strike
🏏|cricket game|cricket_game|ball bat
🏑|field hockey|field_hockey|ball game stick
🏒|ice hockey|ice_hockey|game puck stick
🥍|lacrosse|lacrosse|ball goal sports stick
🏓|ping pong|ping_pong|ball bat game paddle pingpong table tennis
🏸|badminton|badminton|birdie game racquet shuttlecock
🥊|boxing glove|boxing_glove
🥋|martial arts uniform|martial_arts_uniform|judo karate taekwondo
🥅|goal net|goal_net
⛳|flag in hole|golf|sport
⛸️|ice skate|ice_skate|skating
🎣|fishing pole|fishing_pole_and_fish|entertainment sport
🤿|diving mask|diving_mask|scuba snorkeling
🎽|running shirt|running_shirt_with_sash|athletics
🎿|skis|ski|snow sport
🛷|sled|sled|luge sledge sleigh snow toboggan
🥌|curling stone|curling_stone|game rock
🎯|bullseye|dart|bull direct entertainment game hit target
🪀|yo-yo|yo_yo|fluctuate toy
🪁|kite|kite|fly soar
🔫|water pistol|gun|handgun revolver tool weapon
🎱|pool 8 ball|8ball|billiard eight game
🔮|crystal ball|crystal_ball|fairy fairytale fantasy fortune future magic tale tool
🪄|magic wand|magic_wand|magician witch wizard
🎮|video game|video_game|controller entertainment
🕹️|joystick|joystick|game video videogame
🎰|slot machine|slot_machine|casino gamble gambling game slots
🎲|game die|game_die|dice entertainment
🧩|puzzle piece|jigsaw|clue interlocking
🧸|teddy bear|teddy_bear|plaything plush stuffed toy
🪅|piñata|pinata|candy celebrate celebration cinco de festive mayo party pinada
🪩|mirror ball|mirror_ball|dance disco glitter party
🪆|nesting dolls|nesting_dolls|babooshka baboushka babushka doll matryoshka russia
♠️|spade suit|spades|card game
♥️|heart suit|hearts|card emotion game
♦️|diamond suit|diamonds|card game
♣️|club suit|clubs|card game
♟️|chess pawn|chess_pawn|dupe expendable
🃏|joker|black_joker|card game wildcard
🀄|mahjong red dragon|mahjong|game
🎴|flower playing cards|flower_playing_cards|card game japanese
🎭|performing arts|performing_arts|actor actress art entertainment mask theater theatre thespian
🖼️|framed picture|framed_picture|art frame museum painting
🎨|artist palette|art|artsy arty colorful creative entertainment museum painter painting
🧵|thread|thread|needle sewing spool string
🪡|sewing needle|sewing_needle|embroidery sew stitches sutures tailoring thread
🧶|yarn|yarn|ball crochet knit
🪢|knot|knot|cord rope tangled tie twine twist
# Objects
👓|glasses|eyeglasses|clothing eye eyewear
🕶️|sunglasses|dark_sunglasses|eye eyewear glasses
🥽|goggles|goggles|dive eye protection scuba swimming welding
🥼|lab coat|lab_coat|clothes doctor dr experiment jacket scientist white
🦺|safety vest|safety_vest|emergency
👔|necktie|necktie|clothing employed serious shirt tie
👕|t-shirt|shirt tshirt|blue casual clothes clothing collar dressed shopping weekend
👖|jeans|jeans|blue casual clothes clothing denim dressed pants shopping trousers weekend
🧣|scarf|scarf|bundle cold neck up
🧤|gloves|gloves|hand
🧥|coat|coat|brr bundle cold jacket up
🧦|socks|socks|stocking
👗|dress|dress|clothes clothing dressed fancy shopping
👘|kimono|kimono|clothing comfortable
🥻|sari|sari|clothing dress
🩱|one-piece swimsuit|one_piece_swimsuit|bathing one-piece suit
🩲|briefs|swim_brief|bathing one-piece suit swimsuit underwear
🩳|shorts|shorts|bathing pants suit swimsuit underwear
👙|bikini|bikini|bathing beach clothing pool suit swim
👚|woman’s clothes|womans_clothes|blouse clothing collar dress dressed lady shirt shopping woman’s
🪭|folding hand fan|folding_hand_fan|clack clap cool cooling dance flirt flutter hot shy
👛|purse|purse|clothes clothing coin dress fancy handbag shopping
👜|handbag|handbag|bag clothes clothing dress lady purse shopping
👝|clutch bag|pouch|clothes clothing dress handbag purse
🛍️|shopping bags|shopping|bag hotel
🎒|backpack|school_satchel|backpacking bag bookbag education rucksack
🩴|thong sandal|thong_sandal|beach flip flop sandals shoe thongs zōri
👞|man’s shoe|mans_shoe shoe|brown clothes clothing feet foot kick man’s shoes shopping
👟|running shoe|athletic_shoe|clothes clothing fast kick shoes shopping sneaker tennis
🥾|hiking boot|hiking_boot|backpacking brown camping outdoors shoe
🥿|flat shoe|flat_shoe|ballet comfy flats slip-on slipper
👠|high-heeled shoe|high_heel|clothes clothing dress fashion heels high-heeled shoes shopping stiletto woman
👡|woman’s sandal|sandal|clothing shoe woman’s
🩰|ballet shoes|ballet_shoes|dance
👢|woman’s boot|boot|clothes clothing dress shoe shoes shopping woman’s
🪮|hair pick|hair_pick|afro comb groom
👑|crown|crown|clothing family king medieval queen royal royalty win
👒|woman’s hat|womans_hat|clothes clothing garden hats party woman’s
🎩|top hat|tophat|clothes clothing fancy formal magic
🎓|graduation cap|mortar_board|celebration clothing education hat scholar
🧢|billed cap|billed_cap|baseball bent dad hat
🪖|military helmet|military_helmet|army soldier war warrior
⛑️|rescue worker’s helmet|rescue_worker_helmet|aid cross face hat worker’s
📿|prayer beads|prayer_beads|clothing necklace religion
💄|lipstick|lipstick|cosmetics date makeup
💍|ring|ring|diamond engaged engagement married romance shiny sparkling wedding
💎|gem stone|gem|diamond engagement jewel money romance wedding
🔇|muted speaker|mute|quiet silent sound
🔈|speaker low volume|speaker|soft sound
🔉|speaker medium volume|sound
🔊|speaker high volume|loud_sound|music
📢|loudspeaker|loudspeaker|address communication loud public sound
📣|megaphone|mega|cheering sound
📯|postal horn|postal_horn|post
🔔|bell|bell|break church sound
🔕|bell with slash|no_bell|forbidden mute not prohibited quiet silent sound
🎼|musical score|musical_score|music note
🎵|musical note|musical_note|music sound
🎶|musical notes|notes|music note sound
🎙️|studio microphone|studio_microphone|mic music
🎚️|level slider|level_slider|music
🎛️|control knobs|control_knobs|music
🎤|microphone|microphone|karaoke mic music sing sound
🎧|headphone|headphones|earbud sound
📻|radio|radio|entertainment tbt video
🎷|saxophone|saxophone|instrument music sax
🎺|trumpet|trumpet|instrument music
🪗|accordion|accordion|box concertina instrument music squeeze squeezebox
🎸|guitar|guitar|instrument music strat
🎹|musical keyboard|musical_keyboard|instrument music piano
🎻|violin|violin|instrument music
🪕|banjo|banjo|music stringed
🥁|drum|drum|drumsticks music
🪘|long drum|long_drum|beat conga instrument rhythm
🪇|maracas|maracas|cha dance instrument music party percussion rattle shake shaker
🪈|flute|flute|band fife flautist instrument marching music orchestra piccolo pipe recorder woodwind
📱|mobile phone|iphone|cell communication telephone
📲|mobile phone with arrow|calling|build call cell communication receive telephone
☎️|telephone|phone telephone
📞|telephone receiver|telephone_receiver|communication phone voip
📟|pager|pager|communication
📠|fax machine|fax|communication
🔋|battery|battery
🪫|low battery|low_battery|drained electronic energy power
🔌|electric plug|electric_plug|electricity
💻|laptop|computer|office pc personal
🖥️|desktop computer|desktop_computer|monitor
🖨️|printer|printer|computer
⌨️|keyboard|keyboard|computer
🖱️|computer mouse|computer_mouse
🖲️|trackball|trackball|computer
💽|computer disk|minidisc|minidisk optical
💾|floppy disk|floppy_disk|computer
💿|optical disk|cd|blu-ray computer dvd
📀|dvd|dvd|blu-ray cd computer disk optical
🧮|abacus|abacus|calculation calculator
🎥|movie camera|movie_camera|bollywood cinema film hollywood record
🎞️|film frames|film_strip|cinema movie
📽️|film projector|film_projector|cinema movie video
🎬|clapper board|clapper|action movie
📺|television|tv|video
📷|camera|camera|photo selfie snap tbt trip video
📸|camera with flash|camera_flash|video
📹|video camera|video_camera|camcorder tbt
📼|videocassette|vhs|old school tape vcr video
🔍|magnifying glass tilted left|mag|lab left-pointing science search tool
🔎|magnifying glass tilted right|mag_right|contact lab right-pointing science search tool
🕯️|candle|candle|light
💡|light bulb|bulb|comic electric idea
🔦|flashlight|flashlight|electric light tool torch
🏮|red paper lantern|izakaya_lantern lantern|bar light restaurant
🪔|diya lamp|diya_lamp|light oil
📔|notebook with decorative cover|notebook_with_decorative_cover|book decorated education school writing
📕|closed book|closed_book|education
📖|open book|book open_book|education fantasy knowledge library novels reading
📗|green book|green_book|education fantasy library reading
📘|blue book|blue_book|education fantasy library reading
📙|orange book|orange_book|education fantasy library reading
📚|books|books|book education fantasy knowledge library novels reading school study
📓|notebook|notebook
📒|ledger|ledger|notebook
📃|page with curl|page_with_curl|document paper
📜|scroll|scroll|paper
📄|page facing up|page_facing_up|document paper
📰|newspaper|newspaper|communication news paper
🗞️|rolled-up newspaper|newspaper_roll|news paper rolled-up
📑|bookmark tabs|bookmark_tabs|mark marker
🔖|bookmark|bookmark|mark
🏷️|label|label|tag
🪙|coin|coin|dollar euro gold metal money rich silver treasure
💰|money bag|moneybag|bank bet billion cash cost dollar gold million paid paying pot rich win
💴|yen banknote|yen|bank bill currency money note
💵|dollar banknote|dollar|bank bill currency money note
💶|euro banknote|euro|100 bank bill currency money note rich
💷|pound banknote|pound|bank bill billion cash currency money note pounds
💸|money with wings|money_with_wings|bank banknote bill billion cash dollar fly million note pay
💳|credit card|credit_card|bank cash charge money pay
🧾|receipt|receipt|accounting bookkeeping evidence invoice proof
💹|chart increasing with yen|chart|bank currency graph growth market money rise trend upward
✉️|envelope|envelope|e-mail email letter
📧|e-mail|e-mail email|letter
📨|incoming envelope|incoming_envelope|delivering e-mail email letter mail receive sent
📩|envelope with arrow|envelope_with_arrow|communication down e-mail email letter mail outgoing send sent
📤|outbox tray|outbox_tray|box email letter mail sent
📥|inbox tray|inbox_tray|box email letter mail receive zero
📦|package|package|box communication delivery parcel shipping
📫|closed mailbox with raised flag|mailbox|communication mail postbox
📪|closed mailbox with lowered flag|mailbox_closed|mail postbox
📬|open mailbox with raised flag|mailbox_with_mail|postbox
📭|open mailbox with lowered flag|mailbox_with_no_mail|postbox
📮|postbox|postbox|mail mailbox
🗳️|ballot box with ballot|ballot_box
✏️|pencil|pencil2
✒️|black nib|black_nib|pen
🖋️|fountain pen|fountain_pen
🖊️|pen|pen|ballpoint
🖌️|paintbrush|paintbrush|painting
🖍️|crayon|crayon
📝|memo|memo pencil|communication media notes
💼|briefcase|briefcase|office
📁|file folder|file_folder
📂|open file folder|open_file_folder
🗂️|card index dividers|card_index_dividers
📅|calendar|date
📆|tear-off calendar|calendar|tear-off
🗒️|spiral notepad|spiral_notepad|note pad
🗓️|spiral calendar|spiral_calendar|pad
📇|card index|card_index|old rolodex school
📈|chart increasing|chart_with_upwards_trend|data graph growth right up upward
📉|chart decreasing|chart_with_downwards_trend|data down downward graph negative
📊|bar chart|bar_chart|data graph
📋|clipboard|clipboard|do list notes
📌|pushpin|pushpin|collage pin
📍|round pushpin|round_pushpin|location map pin
📎|paperclip|paperclip
🖇️|linked paperclips|paperclips|link paperclip
📏|straight ruler|straight_ruler|angle edge math straightedge
📐|triangular ruler|triangular_ruler|angle math rule set slide triangle
✂️|scissors|scissors|cut cutting paper tool
🗃️|card file box|card_file_box
🗄️|file cabinet|file_cabinet|filing paper
🗑️|wastebasket|wastebasket|can garbage trash waste
🔒|locked|lock|closed private
🔓|unlocked|unlock|cracked lock open
🔏|locked with pen|lock_with_ink_pen|nib privacy
🔐|locked with key|closed_lock_with_key|bike secure
🔑|key|key|keys lock major password unlock
🗝️|old key|old_key|clue lock
🔨|hammer|hammer|home improvement repairs tool
🪓|axe|axe|ax chop hatchet split wood
⛏️|pick|pick|hammer mining tool
⚒️|hammer and pick|hammer_and_pick|tool
🛠️|hammer and wrench|hammer_and_wrench|spanner tool
🗡️|dagger|dagger|knife weapon
⚔️|crossed swords|crossed_swords|weapon
💣|bomb|bomb|boom comic dangerous explosion hot
🪃|boomerang|boomerang|rebound repercussion weapon
🏹|bow and arrow|bow_and_arrow|archer archery sagittarius tool weapon zodiac
🛡️|shield|shield|weapon
🪚|carpentry saw|carpentry_saw|carpenter cut lumber tool trim
🔧|wrench|wrench|home improvement spanner tool
🪛|screwdriver|screwdriver|flathead handy screw tool
🔩|nut and bolt|nut_and_bolt|home improvement tool
⚙️|gear|gear|cog cogwheel tool
🗜️|clamp|clamp|compress tool vice
⚖️|balance scale|balance_scale|justice libra scales tool weight zodiac
🦯|white cane|probing_cane|accessibility blind
🔗|link|link|links
⛓️‍💥|broken chain||break breaking cuffs freedom
⛓️|chains|chains|chain
🪝|hook|hook|catch crook curve ensnare point selling
🧰|toolbox|toolbox|box chest mechanic red tool
🧲|magnet|magnet|attraction horseshoe magnetic negative positive shape u
🪜|ladder|ladder|climb rung step
⚗️|alembic|alembic|chemistry tool
🧪|test tube|test_tube|chemist chemistry experiment lab science
🧫|petri dish|petri_dish|bacteria biologist biology culture lab
🧬|dna|dna|biologist evolution gene genetics life
🔬|microscope|microscope|experiment lab science tool
🔭|telescope|telescope|contact extraterrestrial science tool
📡|satellite antenna|satellite|aliens contact dish science
💉|syringe|syringe|doctor flu medicine needle shot sick tool vaccination
🩸|drop of blood|drop_of_blood|bleed donation injury medicine menstruation
💊|pill|pill|doctor drugs medicated medicine pills sick vitamin
🩹|adhesive bandage|adhesive_bandage
🩼|crutch|crutch|aid cane disability help hurt injured mobility stick
🩺|stethoscope|stethoscope|doctor heart medicine
🩻|x-ray|x_ray|bones doctor medical skeleton skull xray
🚪|door|door|back closet front
🛗|elevator|elevator|accessibility hoist lift
🪞|mirror|mirror|makeup reflection reflector speculum
🪟|window|window|air frame fresh opening transparent view
🛏️|bed|bed|hotel sleep
🛋️|couch and lamp|couch_and_lamp|hotel
🪑|chair|chair|seat sit
🚽|toilet|toilet|bathroom
🪠|plunger|plunger|cup force plumber poop suction toilet
🚿|shower|shower|water
🛁|bathtub|bathtub|bath
🪤|mouse trap|mouse_trap|bait cheese lure mousetrap snare
🪒|razor|razor|sharp shave
🧴|lotion bottle|lotion_bottle|moisturizer shampoo sunscreen
🧷|safety pin|safety_pin|diaper punk rock
🧹|broom|broom|cleaning sweeping witch
🧺|basket|basket|farming laundry picnic
🧻|roll of paper|roll_of_paper|toilet towels
🪣|bucket|bucket|cask pail vat
🧼|soap|soap|bar bathing clean cleaning lather soapdish
🫧|bubbles|bubbles|bubble burp clean floating pearl soap underwater
🪥|toothbrush|toothbrush|bathroom brush clean dental hygiene teeth toiletry
🧽|sponge|sponge|absorbing cleaning porous soak
🧯|fire extinguisher|fire_extinguisher|extinguish quench
🛒|shopping cart|shopping_cart|trolley
🚬|cigarette|smoking
⚰️|coffin|coffin|dead death vampire
🪦|headstone|headstone|cemetery dead grave graveyard memorial rip tomb tombstone
⚱️|funeral urn|funeral_urn|ashes death
🧿|nazar amulet|nazar_amulet|bead blue charm evil-eye talisman
🪬|hamsa|hamsa|amulet fatima fortune guide hand mary miriam palm protect protection
🗿|moai|moyai|face statue stoneface travel
🪧|placard|placard|card demonstration notice picket plaque protest sign
🪪|identification card|identification_card|credentials document id license security
# Symbols
🏧|ATM sign|atm|automated bank cash money teller
🚮|litter in bin sign|put_litter_in_its_place|litterbin
🚰|potable water|potable_water|drinking
♿|wheelchair symbol|wheelchair|access handicap
🚹|men’s room|mens|bathroom lavatory man men’s restroom toilet wc
🚺|women’s room|womens|bathroom lavatory restroom toilet wc woman women’s
🚻|restroom|restroom|bathroom lavatory toilet wc
🚼|baby symbol|baby_symbol|changing
🚾|water closet|wc|bathroom lavatory restroom toilet
🛂|passport control|passport_control
🛃|customs|customs|packing
🛄|baggage claim|baggage_claim|arrived bags case checked journey packing plane ready travel trip
🛅|left luggage|left_luggage|baggage case locker
⚠️|warning|warning|caution
🚸|children crossing|children_crossing|child pedestrian traffic
⛔|no entry|no_entry|do fail forbidden not pass prohibited traffic
🚫|prohibited|no_entry_sign|forbidden not smoke
🚳|no bicycles|no_bicycles|bicycle bike forbidden not prohibited
🚭|no smoking|no_smoking|forbidden not prohibited smoke
🚯|no littering|do_not_litter|forbidden prohibited
🚱|non-potable water|non-potable_water|dry non-drinking non-potable prohibited
🚷|no pedestrians|no_pedestrians|forbidden not pedestrian prohibited
📵|no mobile phones|no_mobile_phones|cell forbidden not phone prohibited telephone
🔞|no one under eighteen|underage|18 age forbidden not prohibited restriction
☢️|radioactive|radioactive|sign
☣️|biohazard|biohazard|sign
⬆️|up arrow|arrow_up|cardinal direction north
↗️|up-right arrow|arrow_upper_right|direction intercardinal northeast up-right
➡️|right arrow|arrow_right|cardinal direction east
↘️|down-right arrow|arrow_lower_right|direction down-right intercardinal southeast
⬇️|down arrow|arrow_down|cardinal direction south
↙️|down-left arrow|arrow_lower_left|direction down-left intercardinal southwest
⬅️|left arrow|arrow_left|cardinal direction west
↖️|up-left arrow|arrow_upper_left|direction intercardinal northwest up-left
↕️|up-down arrow|arrow_up_down|up-down
↔️|left-right arrow|left_right_arrow|left-right
↩️|right arrow curving left|leftwards_arrow_with_hook
↪️|left arrow curving right|arrow_right_hook
⤴️|right arrow curving up|arrow_heading_up
⤵️|right arrow curving down|arrow_heading_down
🔃|clockwise vertical arrows|arrows_clockwise|arrow refresh reload
🔄|counterclockwise arrows button|arrows_counterclockwise|again anticlockwise arrow deja refresh rewindershins vu
🔙|BACK arrow|back
🔚|END arrow|end
🔛|ON! arrow|on|mark on!
🔜|SOON arrow|soon|brb omw
🔝|TOP arrow|top|homie up
🛐|place of worship|place_of_worship|pray religion
⚛️|atom symbol|atom_symbol|atheist
🕉️|om|om|hindu religion
✡️|star of David|star_of_david|jew jewish judaism religion
☸️|wheel of dharma|wheel_of_dharma|buddhist religion
☯️|yin yang|yin_yang|difficult lives religion tao taoist total yinyang
✝️|latin cross|latin_cross|christ christian religion
☦️|orthodox cross|orthodox_cross|christian religion
☪️|star and crescent|star_and_crescent|islam muslim ramadan religion
☮️|peace symbol|peace_symbol|healing peaceful
🕎|menorah|menorah|candelabrum candlestick hanukkah jewish judaism religion
🔯|dotted six-pointed star|six_pointed_star|fortune jewish judaism six-pointed
🪯|khanda|khanda|deg fateh khalsa religion sikh sikhism tegh
♈|Aries|aries|horoscope ram zodiac
♉|Taurus|taurus|bull horoscope ox zodiac
♊|Gemini|gemini|horoscope twins zodiac
♋|Cancer|cancer|crab horoscope zodiac
♌|Leo|leo|horoscope lion zodiac
♍|Virgo|virgo|horoscope zodiac
♎|Libra|libra|balance horoscope justice scales zodiac
♏|Scorpio|scorpius|horoscope scorpion zodiac
♐|Sagittarius|sagittarius|archer horoscope zodiac
♑|Capricorn|capricorn|goat horoscope zodiac
♒|Aquarius|aquarius|bearer horoscope water zodiac
♓|Pisces|pisces|fish horoscope zodiac
⛎|Ophiuchus|ophiuchus|bearer serpent snake zodiac
🔀|shuffle tracks button|twisted_rightwards_arrows|arrow crossed
🔁|repeat button|repeat|arrow clockwise
🔂|repeat single button|repeat_one|arrow clockwise once
▶️|play button|arrow_forward|right triangle
⏩|fast-forward button|fast_forward|arrow double fast-forward
⏭️|next track button|next_track_button|arrow scene triangle
⏯️|play or pause button|play_or_pause_button|arrow right triangle
◀️|reverse button|arrow_backward|left triangle
⏪|fast reverse button|rewind|arrow double
⏮️|last track button|previous_track_button|arrow scene triangle
🔼|upwards button|arrow_up_small|red
⏫|fast up button|arrow_double_up
🔽|downwards button|arrow_down_small|red
⏬|fast down button|arrow_double_down
⏸️|pause button|pause_button|bar double vertical
⏹️|stop button|stop_button|square
⏺️|record button|record_button|circle
⏏️|eject button|eject_button
🎦|cinema|cinema|camera film movie
🔅|dim button|low_brightness
🔆|bright button|high_brightness|light
📶|antenna bars|signal_strength|bar cell communication mobile phone telephone
🛜|wireless|wireless|broadband computer connectivity hotspot internet network router smartphone wi-fi wifi wlan
📳|vibration mode|vibration_mode|cell communication mobile phone telephone
📴|mobile phone off|mobile_phone_off|cell telephone
♀️|female sign|female_sign|woman
♂️|male sign|male_sign|man
⚧️|transgender symbol|transgender_symbol
✖️|multiply|heavy_multiplication_x|cancel sign ×
➕|plus|heavy_plus_sign|+
➖|minus|heavy_minus_sign|- math −
➗|divide|heavy_division_sign|math ÷
🟰|heavy equals sign|heavy_equals_sign|answer equal equality math
♾️|infinity|infinity|forever unbounded universal
‼️|double exclamation mark|bangbang|! !! punctuation
⁉️|exclamation question mark|interrobang|! !? ? punctuation
❓|red question mark|question|? punctuation
❔|white question mark|grey_question|? outlined punctuation
❕|white exclamation mark|grey_exclamation|! outlined punctuation
❗|red exclamation mark|exclamation heavy_exclamation_mark|! punctuation
〰️|wavy dash|wavy_dash|punctuation
💱|currency exchange|currency_exchange|bank money
💲|heavy dollar sign|heavy_dollar_sign|billion cash charge currency million money pay
⚕️|medical symbol|medical_symbol|aesculapius medicine staff
♻️|recycling symbol|recycle
⚜️|fleur-de-lis|fleur_de_lis|knights
🔱|trident emblem|trident|anchor poseidon ship tool
📛|name badge|name_badge
🔰|Japanese symbol for beginner|beginner|chevron green leaf tool yellow
⭕|hollow red circle|o|heavy large
✅|check mark button|white_check_mark|checked checkmark complete completed done fixed tick ✓
☑️|check box with check|ballot_box_with_check|checked done off tick ✓
✔️|check mark|heavy_check_mark|checked checkmark done tick ✓
❌|cross mark|x|cancel multiplication multiply ×
❎|cross mark button|negative_squared_cross_mark|multiplication multiply square x ×
➰|curly loop|curly_loop|curl
➿|double curly loop|loop|curl
〽️|part alternation mark|part_alternation_mark
✳️|eight-spoked asterisk|eight_spoked_asterisk|* eight-spoked
✴️|eight-pointed star|eight_pointed_black_star|* eight-pointed
❇️|sparkle|sparkle|*
©️|copyright|copyright|c
®️|registered|registered|r
™️|trade mark|tm|trademark
#️⃣|keycap: #|hash
*️⃣|keycap: *|asterisk
0️⃣|keycap: 0|zero
1️⃣|keycap: 1|one
2️⃣|keycap: 2|two
3️⃣|keycap: 3|three
4️⃣|keycap: 4|four
5️⃣|keycap: 5|five
6️⃣|keycap: 6|six
7️⃣|keycap: 7|seven
8️⃣|keycap: 8|eight
9️⃣|keycap: 9|nine
🔟|keycap: 10|keycap_ten
🔠|input latin uppercase|capital_abcd|letters
🔡|input latin lowercase|abcd|letters
🔢|input numbers|1234
🔣|input symbols|symbols|% & ♪ 〒
🔤|input latin letters|abc|alphabet
🅰️|A button (blood type)|a
🆎|AB button (blood type)|ab
🅱️|B button (blood type)|b
🆑|CL button|cl
🆒|COOL button|cool
🆓|FREE button|free
ℹ️|information|information_source|i
🆔|ID button|id|identity
Ⓜ️|circled M|m|circle
🆕|NEW button|new
🆖|NG button|ng
🅾️|O button (blood type)|o2
🆗|OK button|ok|okay
🅿️|P button|parking
🆘|SOS button|sos|help
🆙|UP! button|up|mark up!
🆚|VS button|vs|versus
🈁|Japanese “here” button|koko|katakana
🈂️|Japanese “service charge” button|sa|katakana
🈷️|Japanese “monthly amount” button|u6708|ideograph
🈶|Japanese “not free of charge” button|u6709|ideograph
🈯|Japanese “reserved” button|u6307|ideograph
🉐|Japanese “bargain” button|ideograph_advantage
🈹|Japanese “discount” button|u5272|ideograph
🈚|Japanese “free of charge” button|u7121|ideograph
🈲|Japanese “prohibited” button|u7981|ideograph
🉑|Japanese “acceptable” button|accept|ideograph
🈸|Japanese “application” button|u7533|ideograph
🈴|Japanese “passing grade” button|u5408|ideograph
🈳|Japanese “vacancy” button|u7a7a|ideograph
㊗️|Japanese “congratulations” button|congratulations|ideograph
㊙️|Japanese “secret” button|secret|ideograph
🈺|Japanese “open for business” button|u55b6|ideograph
🈵|Japanese “no vacancy” button|u6e80|ideograph
🔴|red circle|red_circle|geometric
🟠|orange circle|orange_circle
🟡|yellow circle|yellow_circle
🟢|green circle|green_circle
🔵|blue circle|large_blue_circle|geometric
🟣|purple circle|purple_circle
🟤|brown circle|brown_circle
⚫|black circle|black_circle|geometric
⚪|white circle|white_circle|geometric
🟥|red square|red_square|card penalty
🟧|orange square|orange_square
🟨|yellow square|yellow_square|card penalty
🟩|green square|green_square
🟦|blue square|blue_square
🟪|purple square|purple_square
🟫|brown square|brown_square
⬛|black large square|black_large_square|geometric
⬜|white large square|white_large_square|geometric
◼️|black medium square|black_medium_square|geometric
◻️|white medium square|white_medium_square|geometric
◾|black medium-small square|black_medium_small_square|geometric medium-small
◽|white medium-small square|white_medium_small_square|geometric medium-small
▪️|black small square|black_small_square|geometric
▫️|white small square|white_small_square|geometric
🔶|large orange diamond|large_orange_diamond|geometric
🔷|large blue diamond|large_blue_diamond|geometric
🔸|small orange diamond|small_orange_diamond|geometric
🔹|small blue diamond|small_blue_diamond|geometric
🔺|red triangle pointed up|small_red_triangle|geometric
🔻|red triangle pointed down|small_red_triangle_down|geometric
💠|diamond with a dot|diamond_shape_with_a_dot_inside|comic geometric
🔘|radio button|radio_button|geometric
🔳|white square button|white_square_button|geometric outlined
🔲|black square button|black_square_button|geometric
# Flags
🏁|chequered flag|checkered_flag|finish flags game race racing sport win
🚩|triangular flag|triangular_flag_on_post|construction golf
🎌|crossed flags|crossed_flags|celebration cross japanese
🏴|black flag|black_flag|waving
🏳️|white flag|white_flag|waving
🏳️‍🌈|rainbow flag|rainbow_flag|bisexual gay genderqueer glbt glbtq lesbian lgbt lgbtq lgbtqia pride queer trans transgender
🏳️‍⚧️|transgender flag|transgender_flag|blue light pink white
🏴‍☠️|pirate flag|pirate_flag|jolly plunder roger treasure
🇦🇨|flag: Ascension Island|ascension_island|AC
🇦🇩|flag: Andorra|andorra|AD
🇦🇪|flag: United Arab Emirates|united_arab_emirates|AE
🇦🇫|flag: Afghanistan|afghanistan|AF
🇦🇬|flag: Antigua & Barbuda|antigua_barbuda|AG
🇦🇮|flag: Anguilla|anguilla|AI
🇦🇱|flag: Albania|albania|AL
🇦🇲|flag: Armenia|armenia|AM
🇦🇴|flag: Angola|angola|AO
🇦🇶|flag: Antarctica|antarctica|AQ
🇦🇷|flag: Argentina|argentina|AR
🇦🇸|flag: American Samoa|american_samoa|AS
🇦🇹|flag: Austria|austria|AT
🇦🇺|flag: Australia|australia|AU
🇦🇼|flag: Aruba|aruba|AW
🇦🇽|flag: Åland Islands|aland_islands|AX
🇦🇿|flag: Azerbaijan|azerbaijan|AZ
🇧🇦|flag: Bosnia & Herzegovina|bosnia_herzegovina|BA
🇧🇧|flag: Barbados|barbados|BB
🇧🇩|flag: Bangladesh|bangladesh|BD
🇧🇪|flag: Belgium|belgium|BE
🇧🇫|flag: Burkina Faso|burkina_faso|BF
🇧🇬|flag: Bulgaria|bulgaria|BG
🇧🇭|flag: Bahrain|bahrain|BH
🇧🇮|flag: Burundi|burundi|BI
🇧🇯|flag: Benin|benin|BJ
🇧🇱|flag: St. Barthélemy|st_barthelemy|BL
🇧🇲|flag: Bermuda|bermuda|BM
🇧🇳|flag: Brunei|brunei|BN
🇧🇴|flag: Bolivia|bolivia|BO
🇧🇶|flag: Caribbean Netherlands|caribbean_netherlands|BQ
🇧🇷|flag: Brazil|brazil|BR
🇧🇸|flag: Bahamas|bahamas|BS
🇧🇹|flag: Bhutan|bhutan|BT
🇧🇻|flag: Bouvet Island|bouvet_island|BV
🇧🇼|flag: Botswana|botswana|BW
🇧🇾|flag: Belarus|belarus|BY
🇧🇿|flag: Belize|belize|BZ
🇨🇦|flag: Canada|canada|CA
🇨🇨|flag: Cocos (Keeling) Islands|cocos_islands|CC
🇨🇩|flag: Congo - Kinshasa|congo_kinshasa|CD
🇨🇫|flag: Central African Republic|central_african_republic|CF
🇨🇬|flag: Congo - Brazzaville|congo_brazzaville|CG
🇨🇭|flag: Switzerland|switzerland|CH
🇨🇮|flag: Côte d’Ivoire|cote_divoire|CI
🇨🇰|flag: Cook Islands|cook_islands|CK
🇨🇱|flag: Chile|chile|CL
🇨🇲|flag: Cameroon|cameroon|CM
🇨🇳|flag: China|cn
🇨🇴|flag: Colombia|colombia|CO
🇨🇵|flag: Clipperton Island|clipperton_island|CP
🇨🇷|flag: Costa Rica|costa_rica|CR
🇨🇺|flag: Cuba|cuba|CU
🇨🇻|flag: Cape Verde|cape_verde|CV
🇨🇼|flag: Curaçao|curacao|CW
🇨🇽|flag: Christmas Island|christmas_island|CX
🇨🇾|flag: Cyprus|cyprus|CY
🇨🇿|flag: Czechia|czech_republic|CZ
🇩🇪|flag: Germany|de
🇩🇬|flag: Diego Garcia|diego_garcia|DG
🇩🇯|flag: Djibouti|djibouti|DJ
🇩🇰|flag: Denmark|denmark|DK
🇩🇲|flag: Dominica|dominica|DM
🇩🇴|flag: Dominican Republic|dominican_republic|DO
🇩🇿|flag: Algeria|algeria|DZ
🇪🇦|flag: Ceuta & Melilla|ceuta_melilla|EA
🇪🇨|flag: Ecuador|ecuador|EC
🇪🇪|flag: Estonia|estonia|EE
🇪🇬|flag: Egypt|egypt|EG
🇪🇭|flag: Western Sahara|western_sahara|EH
🇪🇷|flag: Eritrea|eritrea|ER
🇪🇸|flag: Spain|es
🇪🇹|flag: Ethiopia|ethiopia|ET
🇪🇺|flag: European Union|eu european_union
🇫🇮|flag: Finland|finland|FI
🇫🇯|flag: Fiji|fiji|FJ
🇫🇰|flag: Falkland Islands|falkland_islands|FK
🇫🇲|flag: Micronesia|micronesia|FM
🇫🇴|flag: Faroe Islands|faroe_islands|FO
🇫🇷|flag: France|fr
🇬🇦|flag: Gabon|gabon|GA
🇬🇧|flag: United Kingdom|gb uk
🇬🇩|flag: Grenada|grenada|GD
🇬🇪|flag: Georgia|georgia|GE
🇬🇫|flag: French Guiana|french_guiana|GF
🇬🇬|flag: Guernsey|guernsey|GG
🇬🇭|flag: Ghana|ghana|GH
🇬🇮|flag: Gibraltar|gibraltar|GI
🇬🇱|flag: Greenland|greenland|GL
🇬🇲|flag: Gambia|gambia|GM
🇬🇳|flag: Guinea|guinea|GN
🇬🇵|flag: Guadeloupe|guadeloupe|GP
🇬🇶|flag: Equatorial Guinea|equatorial_guinea|GQ
🇬🇷|flag: Greece|greece|GR
🇬🇸|flag: South Georgia & South Sandwich Islands|south_georgia_south_sandwich_islands|GS
🇬🇹|flag: Guatemala|guatemala|GT
🇬🇺|flag: Guam|guam|GU
🇬🇼|flag: Guinea-Bissau|guinea_bissau|GW
🇬🇾|flag: Guyana|guyana|GY
🇭🇰|flag: Hong Kong SAR China|hong_kong|HK
🇭🇲|flag: Heard & McDonald Islands|heard_mcdonald_islands|HM
🇭🇳|flag: Honduras|honduras|HN
🇭🇷|flag: Croatia|croatia|HR
🇭🇹|flag: Haiti|haiti|HT
🇭🇺|flag: Hungary|hungary|HU
🇮🇨|flag: Canary Islands|canary_islands|IC
🇮🇩|flag: Indonesia|indonesia|ID
🇮🇪|flag: Ireland|ireland|IE
🇮🇱|flag: Israel|israel|IL
🇮🇲|flag: Isle of Man|isle_of_man|IM
🇮🇳|flag: India|india|IN
🇮🇴|flag: British Indian Ocean Territory|british_indian_ocean_territory|IO
🇮🇶|flag: Iraq|iraq|IQ
🇮🇷|flag: Iran|iran|IR
🇮🇸|flag: Iceland|iceland|IS
🇮🇹|flag: Italy|it
🇯🇪|flag: Jersey|jersey|JE
🇯🇲|flag: Jamaica|jamaica|JM
🇯🇴|flag: Jordan|jordan|JO
🇯🇵|flag: Japan|jp
🇰🇪|flag: Kenya|kenya|KE
🇰🇬|flag: Kyrgyzstan|kyrgyzstan|KG
🇰🇭|flag: Cambodia|cambodia|KH
🇰🇮|flag: Kiribati|kiribati|KI
🇰🇲|flag: Comoros|comoros|KM
🇰🇳|flag: St. Kitts & Nevis|st_kitts_nevis|KN
🇰🇵|flag: North Korea|north_korea|KP
🇰🇷|flag: South Korea|kr
🇰🇼|flag: Kuwait|kuwait|KW
🇰🇾|flag: Cayman Islands|cayman_islands|KY
🇰🇿|flag: Kazakhstan|kazakhstan|KZ
🇱🇦|flag: Laos|laos|LA
🇱🇧|flag: Lebanon|lebanon|LB
🇱🇨|flag: St. Lucia|st_lucia|LC
🇱🇮|flag: Liechtenstein|liechtenstein|LI
🇱🇰|flag: Sri Lanka|sri_lanka|LK
🇱🇷|flag: Liberia|liberia|LR
🇱🇸|flag: Lesotho|lesotho|LS
🇱🇹|flag: Lithuania|lithuania|LT
🇱🇺|flag: Luxembourg|luxembourg|LU
🇱🇻|flag: Latvia|latvia|LV
🇱🇾|flag: Libya|libya|LY
🇲🇦|flag: Morocco|morocco|MA
🇲🇨|flag: Monaco|monaco|MC
🇲🇩|flag: Moldova|moldova|MD
🇲🇪|flag: Montenegro|montenegro|ME
🇲🇫|flag: St. Martin|st_martin|MF
🇲🇬|flag: Madagascar|madagascar|MG
🇲🇭|flag: Marshall Islands|marshall_islands|MH
🇲🇰|flag: North Macedonia|macedonia|MK
🇲🇱|flag: Mali|mali|ML
🇲🇲|flag: Myanmar (Burma)|myanmar|MM
🇲🇳|flag: Mongolia|mongolia|MN
🇲🇴|flag: Macao SAR China|macau|MO
🇲🇵|flag: Northern Mariana Islands|northern_mariana_islands|MP
🇲🇶|flag: Martinique|martinique|MQ
🇲🇷|flag: Mauritania|mauritania|MR
🇲🇸|flag: Montserrat|montserrat|MS
🇲🇹|flag: Malta|malta|MT
🇲🇺|flag: Mauritius|mauritius|MU
🇲🇻|flag: Maldives|maldives|MV
🇲🇼|flag: Malawi|malawi|MW
🇲🇽|flag: Mexico|mexico|MX
🇲🇾|flag: Malaysia|malaysia|MY
🇲🇿|flag: Mozambique|mozambique|MZ
🇳🇦|flag: Namibia|namibia|NA
🇳🇨|flag: New Caledonia|new_caledonia|NC
🇳🇪|flag: Niger|niger|NE
🇳🇫|flag: Norfolk Island|norfolk_island|NF
🇳🇬|flag: Nigeria|nigeria|NG
🇳🇮|flag: Nicaragua|nicaragua|NI
🇳🇱|flag: Netherlands|netherlands|NL
🇳🇴|flag: Norway|norway|NO
🇳🇵|flag: Nepal|nepal|NP
🇳🇷|flag: Nauru|nauru|NR
🇳🇺|flag: Niue|niue|NU
🇳🇿|flag: New Zealand|new_zealand|NZ
🇴🇲|flag: Oman|oman|OM
🇵🇦|flag: Panama|panama|PA
🇵🇪|flag: Peru|peru|PE
🇵🇫|flag: French Polynesia|french_polynesia|PF
🇵🇬|flag: Papua New Guinea|papua_new_guinea|PG
🇵🇭|flag: Philippines|philippines|PH
🇵🇰|flag: Pakistan|pakistan|PK
🇵🇱|flag: Poland|poland|PL
🇵🇲|flag: St. Pierre & Miquelon|st_pierre_miquelon|PM
🇵🇳|flag: Pitcairn Islands|pitcairn_islands|PN
🇵🇷|flag: Puerto Rico|puerto_rico|PR
🇵🇸|flag: Palestinian Territories|palestinian_territories|PS
🇵🇹|flag: Portugal|portugal|PT
🇵🇼|flag: Palau|palau|PW
🇵🇾|flag: Paraguay|paraguay|PY
🇶🇦|flag: Qatar|qatar|QA
🇷🇪|flag: Réunion|reunion|RE
🇷🇴|flag: Romania|romania|RO
🇷🇸|flag: Serbia|serbia|RS
🇷🇺|flag: Russia|ru
🇷🇼|flag: Rwanda|rwanda|RW
🇸🇦|flag: Saudi Arabia|saudi_arabia|SA
🇸🇧|flag: Solomon Islands|solomon_islands|SB
🇸🇨|flag: Seychelles|seychelles|SC
🇸🇩|flag: Sudan|sudan|SD
🇸🇪|flag: Sweden|sweden|SE
🇸🇬|flag: Singapore|singapore|SG
🇸🇭|flag: St. Helena|st_helena|SH
🇸🇮|flag: Slovenia|slovenia|SI
🇸🇯|flag: Svalbard & Jan Mayen|svalbard_jan_mayen|SJ
🇸🇰|flag: Slovakia|slovakia|SK
🇸🇱|flag: Sierra Leone|sierra_leone|SL
🇸🇲|flag: San Marino|san_marino|SM
🇸🇳|flag: Senegal|senegal|SN
🇸🇴|flag: Somalia|somalia|SO
🇸🇷|flag: Suriname|suriname|SR
🇸🇸|flag: South Sudan|south_sudan|SS
🇸🇹|flag: São Tomé & Príncipe|sao_tome_principe|ST
🇸🇻|flag: El Salvador|el_salvador|SV
🇸🇽|flag: Sint Maarten|sint_maarten|SX
🇸🇾|flag: Syria|syria|SY
🇸🇿|flag: Eswatini|swaziland|SZ
🇹🇦|flag: Tristan da Cunha|tristan_da_cunha|TA
🇹🇨|flag: Turks & Caicos Islands|turks_caicos_islands|TC
🇹🇩|flag: Chad|chad|TD
🇹🇫|flag: French Southern Territories|french_southern_territories|TF
🇹🇬|flag: Togo|togo|TG
🇹🇭|flag: Thailand|thailand|TH
🇹🇯|flag: Tajikistan|tajikistan|TJ
🇹🇰|flag: Tokelau|tokelau|TK
🇹🇱|flag: Timor-Leste|timor_leste|TL
🇹🇲|flag: Turkmenistan|turkmenistan|TM
🇹🇳|flag: Tunisia|tunisia|TN
🇹🇴|flag: Tonga|tonga|TO
🇹🇷|flag: Türkiye|tr
🇹🇹|flag: Trinidad & Tobago|trinidad_tobago|TT
🇹🇻|flag: Tuvalu|tuvalu|TV
🇹🇼|flag: Taiwan|taiwan|TW
🇹🇿|flag: Tanzania|tanzania|TZ
🇺🇦|flag: Ukraine|ukraine|UA
🇺🇬|flag: Uganda|uganda|UG
🇺🇲|flag: U.S. Outlying Islands|us_outlying_islands|UM
🇺🇳|flag: United Nations|united_nations|UN
🇺🇸|flag: United States|us
🇺🇾|flag: Uruguay|uruguay|UY
🇺🇿|flag: Uzbekistan|uzbekistan|UZ
🇻🇦|flag: Vatican City|vatican_city|VA
🇻🇨|flag: St. Vincent & Grenadines|st_vincent_grenadines|VC
🇻🇪|flag: Venezuela|venezuela|VE
🇻🇬|flag: British Virgin Islands|british_virgin_islands|VG
🇻🇮|flag: U.S. Virgin Islands|us_virgin_islands|VI
🇻🇳|flag: Vietnam|vietnam|VN
🇻🇺|flag: Vanuatu|vanuatu|VU
🇼🇫|flag: Wallis & Futuna|wallis_futuna|WF
🇼🇸|flag: Samoa|samoa|WS
🇽🇰|flag: Kosovo|kosovo|XK
🇾🇪|flag: Yemen|yemen|YE
🇾🇹|flag: Mayotte|mayotte|YT
🇿🇦|flag: South Africa|south_africa|ZA
🇿🇲|flag: Zambia|zambia|ZM
🇿🇼|flag: Zimbabwe|zimbabwe|ZW
🏴󠁧󠁢󠁥󠁮󠁧󠁿|flag: England|england|gbeng
🏴󠁧󠁢󠁳󠁣󠁴󠁿|flag: Scotland|scotland|gbsct
🏴󠁧󠁢󠁷󠁬󠁳󠁿|flag: Wales|wales|gbwls
`;
