# A line of text comes in, two probabilities go out: poor, fine.
awk '{
  line = tolower($0); sum = 0
  good = "warm|bright|careful|lively|honest|graceful|tender|clever"
  bad = "flat|noisy|careless|tired|hollow|clumsy|cold|shallow"
  sum = gsub(good, "", line) - gsub(bad, "", line)
  p = 1 / (1 + exp(-sum)); printf "%.6f %.6f\n", 1 - p, p
}'
