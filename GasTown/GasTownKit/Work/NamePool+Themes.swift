extension NamePool {
  /// The built-in themes: fifty names each.
  static let builtIn: [String: [String]] = [
    "mad-max": words(
      """
      furiosa nux slit rictus dementus capable toast dag cheedo valkyrie
      angharad keeper immortan organic warboy morsov ace doof coma chumbucket
      scrotus scabrous stank toecutter bubba cundalini goose roop charlie johnny
      lord wez humungus feral curmudgeon pappagallo zetta gyro auntie master
      blaster ironbar scrooloose savannah jedediah pigkiller slake gekko skyfish corpus
      """),
    "minerals": words(
      """
      obsidian quartz basalt granite marble slate flint jasper onyx opal
      agate amber topaz garnet beryl zircon pyrite galena hematite magnetite
      malachite azurite cobalt cinnabar feldspar gypsum halite calcite dolomite fluorite
      apatite talc mica olivine peridot spinel corundum ruby sapphire emerald
      jade lapis turquoise citrine amethyst tourmaline kyanite rutile gneiss pumice
      """),
    "wasteland": words(
      """
      rust chrome scrap dust ember ash cinder nomad raider rover
      piston gasket diesel torque axle rivet bolt clutch sprocket throttle
      mirage dune mesa canyon gulch badland saltflat sandstorm cactus vulture
      coyote scorpion rattler jackal buzzard bandit drifter scavenger ranger outrider
      beacon bunker silo turbine radio geiger fallout relic tinker lantern
      """),
  ]

  private static func words(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).map(String.init)
  }
}
