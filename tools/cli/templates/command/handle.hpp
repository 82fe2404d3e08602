  void handle(const @Command@& command, seriatim::Repository& repository) const;
