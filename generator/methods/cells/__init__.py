"""Methods that ask single cells of a recurrent network: what they follow and do."""
